from reports.models.crime import CrimeCount, CrimeType, DataMonth

__all__ = ["CrimeCount", "CrimeType", "DataMonth"]
