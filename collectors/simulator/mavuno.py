"""What is invented about Mavuno: its place, roads, terminals, landmarks, brands and lines. Nothing of it exists."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

NAME = "Mavuno (invented town, synthetic data)"
CENTRE = (33.3, -1.2)  # lon, lat: open water, some 60 km from the eastern shore
CURRENCY = "KES"
TIMEZONE = "Africa/Nairobi"
BUS = 3  # GTFS route_type

NODES: Mapping[str, tuple[float, float]] = {  # metres east and north of Central Stage
    "centre": (0, 0), "market": (260, 70), "depot": (1280, 230),
    "ring n": (-350, 2150), "ring ne": (1450, 1850), "ring e": (2350, 250), "ring se": (1500, -1700),
    "ring s": (-600, -2050),
    "north": (-1300, 4450), "port": (-150, -4500), "hill": (2500, 4300), "quarry": (4150, 2900), "east": (4900, 650),
    "ridge": (4450, 1700), "south east": (3300, -3700)}

ROADS: Mapping[str, tuple[str, Sequence[tuple[str, str]]]] = {  # name: kind, pieces
    "Lake Road": ("main", (("north", "ring n"), ("ring n", "centre"), ("centre", "ring s"), ("ring s", "port"))),
    "Ring Road": ("arterial", (("ring n", "ring ne"), ("ring ne", "ring e"), ("ring e", "ring se"),
                               ("ring se", "ring s"))),
    "Hill Road": ("arterial", (("centre", "ring ne"), ("ring ne", "hill"))),
    "Quarry Road": ("arterial", (("ring ne", "quarry"),)),
    "East Road": ("arterial", (("centre", "market"), ("depot", "ring e"), ("ring e", "east"))),
    "Ridge Road": ("arterial", (("ring e", "ridge"),)),
    "Mill Road": ("arterial", (("centre", "ring se"), ("ring se", "south east")))}

ONE_WAY: Mapping[tuple[str, str], str] = {("market", "depot"): "Soko Street", ("depot", "market"): "Uhuru Street"}

SHORE_M: Sequence[tuple[float, float]] = (  # the lake lies to the west of this line, south to north
    (-420, -5600), (-600, -4500), (-480, -3500), (-980, -2100), (-760, -1100), (-320, -300), (-380, 700), (-820, 1600),
    (-780, 2300), (-1250, 3300), (-1620, 4300), (-1900, 5600))

TERMINALS = {"centre": "Central Stage", "north": "North Beach", "port": "Bandari Ndogo", "hill": "Mlima Juu",
             "quarry": "Old Quarry", "east": "Eastfield Stage", "ridge": "Ridge View", "south east": "Mill Village"}

LANDMARKS = (
    "Clinic Gate", "Blue Mosque", "Soko Mjinga", "Mango Tree", "Old Mill", "Shule ya Msingi", "Fundi Corner",
    "Water Tank", "Posta Ndogo", "Chief's Camp", "Kisima", "Green Kiosk", "St. Luke's Church", "Nyumba Kumi",
    "Sokoni", "Railway Crossing", "Maziwa Dairy", "Tailors' Row", "Daraja Mbili", "Police Line", "Hardware",
    "Polytechnic", "Mwembe Tayari", "Two Palms", "Bakery", "Msikiti Mdogo", "Brick Yard", "Ward Office", "Jua Kali",
    "Filling Station", "Samaki Stalls", "Stadium Gate", "Library", "Kwa Mama Rosa", "Weighbridge", "Sunrise School",
    "Maji Safi", "Power Station", "Court House", "Bata Corner", "Cattle Dip", "Uwanja wa Ndege Ndogo", "Nursery",
    "Tea Room", "Kanisa Kuu", "Old Barracks", "Timber Yard", "Bus Park Junction", "Njia Panda", "Flats", "Duka Moja",
    "Boda Stage", "Pump House", "Eucalyptus", "Chini ya Mti", "Red Gate", "Orphanage", "Shamba la Serikali",
    "Salt Works", "Net Makers", "Boat Yard", "Kona Mbaya", "Slaughterhouse", "Maternity", "Bamboo", "Signal Hill",
    "Chekechea", "Transformer", "White House", "Chapati Corner", "Ginnery", "Veterinary", "Social Hall", "Car Wash",
    "Msingi Bora", "Acacia", "Cereals Board", "Quarry Lane", "Borehole", "Fence End", "Tree Nursery", "Rain Gauge",
    "Pepo Njema", "Kijito", "Tumaini", "Amani Flats", "Lighthouse", "Ferry Office", "Cooperative", "Sawmill")


@dataclass(frozen=True)
class Line:
    """A route by the nodes it passes; the way back is the same, but for the one-way streets."""

    number: str
    brand: str
    nodes: tuple[str, ...]
    fare: float
    headway_s: int
    via: str

    @property
    def route_id(self) -> str:
        """Its GTFS id."""
        return f"mavuno-{self.number}"


LINES = (
    Line("1", "ziwa", ("north", "ring n", "centre"), 40, 480, "Lake Road"),
    Line("2", "ziwa", ("port", "ring s", "centre", "market", "depot", "ring e", "east"), 70, 720, "Soko Street"),
    Line("4", "nyota", ("east", "ring e", "depot", "market", "centre"), 50, 540, "East Road"),
    Line("7", "nyota", ("port", "ring s", "centre", "ring ne", "hill"), 70, 600, "Hill Road"),
    Line("7B", "nyota", ("port", "ring s", "centre", "ring ne", "quarry"), 70, 900, "Quarry Road"),
    Line("10", "mzunguko", ("centre", "ring n", "ring ne", "ring e", "depot", "market", "centre"), 50, 900,
         "Ring Road"),
    Line("21", "kasi", ("south east", "ring se", "centre"), 40, 600, "Mill Road"),
    Line("22", "kasi", ("south east", "ring se", "ring e", "ridge"), 50, 1_200, "Ring Road"),
    Line("30", "ziwa", ("north", "ring n", "ring ne", "quarry"), 60, 1_200, "Ring Road"),
    Line("33", "mzunguko", ("ridge", "ring e", "depot", "market", "centre"), 50, 780, "Ridge Road"))

BRANDS = {"ziwa": "Ziwa Shuttle", "nyota": "Nyota Line", "mzunguko": "Mzunguko Sacco", "kasi": "Kasi Riders"}
