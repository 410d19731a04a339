"""The dictionary that a code system is held against: another code system, or that of DICOM."""
