from reports.models.bulletin import Bulletin
from reports.models.crime import CrimeCount, CrimeType, DataMonth

__all__ = ["Bulletin", "CrimeCount", "CrimeType", "DataMonth"]
