"""KML as data.police.uk publishes it: one file a neighbourhood, nothing but rings inside."""

from lxml import etree

from neighbourhoods.importers.rings import Drawing, UnusableShape, check_points, drawing_from


def read_kml(content: bytes) -> Drawing:
    """The rings of every polygon in the file, altitudes dropped, whatever the KML version.

    Raises UnusableShape. A document type is refused before the parser sees it, since
    entities are the way to make a small file large; UTF-8 alone is read, since another
    encoding could hide one.
    """
    if b"<!DOCTYPE" in content.upper():
        raise UnusableShape("has a DOCTYPE, which KML does not need")
    root = _root(content)
    return drawing_from(_rings(polygon) for polygon in root.iter("{*}Polygon"))


def _root(content: bytes) -> etree._Element:
    parser = etree.XMLParser(
        encoding="utf-8",
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError as exc:
        raise UnusableShape(f"not whole XML in UTF-8, {' '.join(exc.msg.split())}") from exc
    if etree.QName(root).localname != "kml":
        raise UnusableShape(f"not KML, its root is <{etree.QName(root).localname}>")
    return root


def _rings(polygon: etree._Element) -> list[list[tuple]]:
    """The outer ring and then the holes of one polygon."""
    outer = polygon.findall("{*}outerBoundaryIs/{*}LinearRing/{*}coordinates")
    holes = polygon.findall("{*}innerBoundaryIs/{*}LinearRing/{*}coordinates")
    if len(outer) != 1:
        raise UnusableShape(f"a polygon needs one outer ring, it has {len(outer)}")
    return [_points("".join(ring.itertext())) for ring in (*outer, *holes)]


def _points(text: str) -> list[tuple]:
    points = text.split()
    check_points(len(points))
    return [_numbers(point) for point in points]


def _numbers(point: str) -> tuple[float, ...]:
    """One point, in KML's order longitude, latitude and perhaps altitude."""
    try:
        lng, lat, *_altitude = map(float, point.split(","))
    except ValueError as exc:
        raise UnusableShape(f"a point is not longitude,latitude, {point[:60]!r}") from exc
    return lng, lat
