from reports.models.bulletin import Bulletin
from reports.models.coverage import CoverageGap
from reports.models.crime import CrimeCount, CrimeType, DataMonth

__all__ = ["Bulletin", "CoverageGap", "CrimeCount", "CrimeType", "DataMonth"]
