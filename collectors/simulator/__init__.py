"""Simulated surveys: rides on any GTFS feed, and an invented town to ride in.

``run`` and ``simulate`` for a feed, ``sample_town`` and ``sample_survey`` for the sample city, ``write_survey`` and
``write_feed`` for files. One seed decides everything.
"""

from collectors.simulator.feed import read_feed
from collectors.simulator.feed_writer import write_feed
from collectors.simulator.network import GtfsNetwork
from collectors.simulator.rides import Hint, SimulatedRide, Truth, simulate
from collectors.simulator.settings import RideSettings
from collectors.simulator.survey import run, write_survey
from collectors.simulator.town import sample_survey, sample_town

__all__ = ["GtfsNetwork", "Hint", "RideSettings", "SimulatedRide", "Truth", "read_feed", "run", "sample_survey",
           "sample_town", "simulate", "write_feed", "write_survey"]
