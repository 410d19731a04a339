"""HL7's own resources for publication: the work group, its publisher and its page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fhir_codesystem.diagnostics import Severity, quoted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fhir_codesystem.instance.element import Element
    from fhir_codesystem.instance.structure import Walk

WORK_GROUP = "http://hl7.org/fhir/StructureDefinition/structuredefinition-wg"
HOME = "http://www.hl7.org/Special/committees/"
PUBLISHER = "HL7 International / "
FORMER = {"ti": "Vocabulary", "vocab": "Vocabulary"}
"""The names under which groups published before."""
GROUPS = {
    "aid": ("java", "Application Implementation and Design"),
    "arden": ("arden", "Arden Syntax"),
    "brr": ("rcrim", "Biomedical Research and Regulation"),
    "cbcc": ("cbcc", "Community Based Collaborative Care"),
    "cdamg": ("cdamg", "CDA Management Group"),
    "cds": ("dss", "Clinical Decision Support"),
    "cg": ("clingenomics", "Clinical Genomics"),
    "cgp": ("cgp", "Cross-Group Projects"),
    "cic": ("cic", "Clinical Interoperability Council"),
    "cimi": ("cimi", "Clinical Information Modeling Initiative"),
    "claims": ("claims", "Payer/Provider Information Exchange Work Group"),
    "cqi": ("cqi", "Clinical Quality Information"),
    "dev": ("healthcaredevices", "Devices"),
    "ehr": ("ehr", "Electronic Health Records"),
    "ec": ("emergencycare", "Emergency Care"),
    "fhir": ("fiwg", "FHIR Infrastructure"),
    "fmg": ("fhirmg", "FHIR Management Group"),
    "fm": ("fm", "Financial Management"),
    "hsi": ("hsi", "Health Standards Integration"),
    "hsswg": ("hsswg", "Human and Social Services"),
    "hta": ("termauth", "Terminology Authority"),
    "ictc": ("ictc", "Conformance"),
    "ii": ("imagemgt", "Imaging Integration"),
    "inm": ("inm", "Infrastructure And Messaging"),
    "its": ("xml", "Implementable Technology Specifications"),
    "lhs": ("lhs", "Learning Health Systems"),
    "mnm": ("mnm", "Modeling and Methodology"),
    "mobile": ("mobile", "Mobile Health"),
    "oo": ("orders", "Orders and Observations"),
    "pa": ("pafm", "Patient Administration"),
    "pe": ("patientempowerment", "Patient Empowerment"),
    "pc": ("patientcare", "Patient Care"),
    "pher": ("pher", "Public Health"),
    "phx": ("medication", "Pharmacy"),
    "sd": ("structure", "Structured Documents"),
    "sec": ("secure", "Security"),
    "soa": ("soa", "Services Oriented Architecture"),
    "ti": ("Vocab", "Terminology Infrastructure"),
    "tsmg": ("tsmg", "Terminology Services Management Group (TSMG)"),
    "us": ("usrealm", "US Realm Steering Committee"),
    "v2": ("v2management", "V2 Management Group"),
    "vocab": ("Vocab", "Terminology Infrastructure"),
}
"""Of each work group the end of its page's address, and its name."""


def check(root: Element, walk: Walk) -> None:
    """Check that the work group is stated, is known, and is the publisher and a contact."""
    url = root.text("url") or ""
    stated = [each for each in root.extensions() if each.text("url") == WORK_GROUP]
    if len(stated) > 1:
        message = "more than one work group is stated"
        walk.issues.error("VALIDATION_HL7_PUBLISHER_MULTIPLE_WGS", root, message)
    group = stated[0].text("value") if stated else None
    if group is None:
        if walk.publication and "http://hl7.org/fhir/sid" not in url:
            message = f"HL7's own resources state the work group: the extension {WORK_GROUP}"
            walk.issues.error("VALIDATION_HL7_WG_NEEDED", root, message)
    elif group not in GROUPS:
        message = f"HL7 has no work group {quoted(group)}"
        walk.issues.error("VALIDATION_HL7_WG_UNKNOWN", root, message)
    else:
        _publisher(root, group, walk)
        page = f"{HOME}{GROUPS[group][0]}"
        if not any(page.startswith(each) for each in _pages(root)):
            message = f"the work group's page is stated as a contact: {page}"
            walk.issues.warning("VALIDATION_HL7_WG_URL", root, message)


def _publisher(root: Element, group: str, walk: Walk) -> None:
    names = [name for name in (GROUPS[group][1], FORMER.get(group)) if name]
    wanted = " or ".join(quoted(PUBLISHER + name) for name in names)
    publisher = root.text("publisher")
    if publisher is None:
        message = f"the publisher is that of the work group: {wanted}"
        walk.issues.warning("VALIDATION_HL7_PUBLISHER_MISSING", root, message)
    elif publisher not in [PUBLISHER + name for name in names]:
        message = f"the publisher of the work group {group} is {wanted}, not {quoted(publisher)}"
        key = "VALIDATION_HL7_PUBLISHER_MISMATCH" + ("2" if len(names) > 1 else "")
        severity = Severity.WARNING if "/" not in publisher else Severity.ERROR
        walk.issues.add(key, severity, root, message)


def _pages(root: Element) -> Iterator[str]:
    for contact in root.all("contact"):
        for telecom in contact.all("telecom"):
            page = telecom.text("value")
            if telecom.text("system") == "url" and page is not None:
                yield page
