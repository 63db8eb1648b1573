"""Every number that can be tuned: its unit, default, sensible range, and where the default comes from.

``Parameters()`` holds the defaults; ``dataclasses.replace`` makes another set. ``table()`` lists them for people.
Sources: [measured] on 393 rides of collectors in Abidjan, 2019, at 1 Hz; [GNSS] phone position error in cities has a
mean of 7–13 m (Merry & Bettinger 2019, doi 10.1371/journal.pone.0219890).
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import Any


def tunable(default: float, unit: str, low: float, high: float, source: str) -> Any:
    """Declare one parameter with what a person needs to know before changing it."""
    return field(default=default, metadata={"unit": unit, "low": low, "high": high, "source": source})


@dataclass(frozen=True)
class Parameters:
    """The tunable numbers of the whole chain, by step."""

    # publishing
    valid_days: int = tunable(180, "days", 30, 365, "GTFS: valid for 30 days or more, a year at most")
    fresh_days: int = tunable(365, "days", 90, 1095, "routes last seen longer ago are not said to run until told again")
    changed_m: float = tunable(25, "m", 10, 100, "a line or stop that moves by less is as it was, better known [GNSS]")
    few_days_left: int = tunable(30, "days", 7, 60, "GTFS: a feed should be valid for the next 30 days")

    # live: vehicles that riders carry along, seen by everybody
    live_age_s: float = tunable(90, "s", 30, 90, "GTFS Realtime best practices: no older position")
    live_mark_m: float = tunable(200, "m", 100, 500, "between the marks at which a passage is told; our choice")
    live_start_m: float = tunable(400, "m", 200, 2000, "nothing is told so near to where a ride began; our choice")
    live_end_m: float = tunable(200, "m", 100, 500, "a mark is told once the ride went on by this; 90 s allow no more")
    live_near_m: float = tunable(35, "m", 20, 60, "farther from the published line a phone is not on it [GNSS]")
    live_apart_m: float = tunable(300, "m", 100, 1000, "a line that fits for less than this more fits no better")
    live_least_mps: float = tunable(2.5, "m/s", 1.5, 4, "9 km/h; nobody walks so fast, and slower vehicles stay unseen")
    live_most_mps: float = tunable(35, "m/s", 25, 45, "126 km/h; no vehicle of informal transit goes faster")
    live_hole_s: float = tunable(60, "s", 20, 180, "without a position for longer nobody knows where a ride was")
    live_window_s: float = tunable(1200, "s", 300, 3600, "of a ride tells on which line it is")
    live_forget_s: float = tunable(600, "s", 180, 1800, "after its last passage a ride and its name are forgotten")
    live_agreed_s: float = tunable(30 * 86400, "s", 86400, 366 * 86400, "being seen live ends by itself; our choice")

    # intake
    min_fixes: int = tunable(20, "fixes", 2, 200, "fewer cannot tell a ride from a standing phone")
    oldest_s: float = tunable(15 * 31557600, "s", 31557600, 1e9, "older says that a clock or a receiver is wrong")
    future_tolerance_s: float = tunable(86400, "s", 0, 604800, "a phone's clock may be a day off, not more")
    far_m: float = tunable(
        200000, "m", 20000, 500000, "a ride that begins farther from the first one is of another city"
    )
    twin_overlap_share: float = tunable(0.8, "share", 0.5, 1, "two phones on one ride start and stop apart")
    twin_distance_m: float = tunable(40, "m", 10, 100, "two phones' errors together [GNSS]")
    twin_clock_s: float = tunable(90, "s", 0, 300, "a phone that sets its own clock may be off by this")
    twin_share: float = tunable(0.9, "share", 0.5, 1, "of common moments at which both phones are in one place")
    placed_at_once: int = tunable(50, "rides", 1, 1000, "a tenth of a second each; more are a survey [measured]")
    stream_gap_s: float = tunable(600, "s", 120, 3600, "a recorder silent for longer has begun another ride")
    phone_gap_s: float = tunable(30, "s", 10, 120, "a phone that records and is silent for longer was put to sleep")
    stream_quiet_s: float = tunable(60, "s", 10, 600, "phones send every few seconds, or in batches minutes apart")
    stream_longest_s: float = tunable(7200, "s", 1800, 43200, "one that never rests is put together this often")
    stream_day_starts_s: float = tunable(10800, "s", 0, 21600, "local time of the day at which hardly anybody rides")
    joined_s: float = tunable(60, "s", 10, 300, "a form's clock and a receiver's differ by less, nearly always")
    joined_m: float = tunable(1000, "m", 100, 5000, "a report made farther from the ride was made on another one")

    # clean
    max_accuracy_m: float = tunable(50, "m", 20, 200, "worse fixes say less than none")
    max_speed_mps: float = tunable(40, "m/s", 25, 60, "no minibus does 144 km/h; common rule for noisy traces")
    max_acceleration_mps2: float = tunable(4, "m/s2", 3, 12, "no bus does, from one hop to the next; with torn_m")
    torn_m: float = tunable(75, "m", 40, 150, "phones err less from one position to the next, nearly always")
    max_wild_s: float = tunable(60, "s", 5, 300, "a wild stretch that lasts longer is a real move [measured]")
    split_gap_s: float = tunable(120, "s", 30, 900, "with split_jump_m: the ride between is unknown")
    split_jump_m: float = tunable(1000, "m", 200, 5000, "a shorter hole is bridged by a straight line")
    max_run_m: float = tunable(300000, "m", 50000, 1000000, "no city's vehicle goes farther; a recorder gone mad does")
    min_run_m: float = tunable(500, "m", 100, 2000, "a shorter piece is no ride")
    terminal_radius_m: float = tunable(150, "m", 50, 400, "vehicles creep and turn inside their terminal [measured]")
    standing_speed_mps: float = tunable(1.4, "m/s", 0.5, 2.5, "walking pace; below it a vehicle stands")
    speed_window_s: float = tunable(6, "s", 2, 20, "positions wander about a metre a second")
    min_dwell_s: float = tunable(
        6, "s", 3, 30, "people need this long to get on; longer thresholds lose stops [measured]"
    )
    dwell_radius_m: float = tunable(25, "m", 15, 60, "a vehicle that gets farther while it stands is creeping")
    dwell_join_m: float = tunable(20, "m", 5, 50, "two halts as near as this are one")
    dwell_join_s: float = tunable(10, "s", 3, 60, "two halts as close in time as this are one")

    # clean: the rides of a recording
    leg_window_s: float = tunable(30, "s", 10, 60, "speeds over this tell a walk from wandering positions")
    walk_mps: float = tunable(1.3, "m/s", 1, 1.6, "people's pace in a street")
    walk_spread_mps: float = tunable(0.45, "m/s", 0.2, 0.8, "of paces, and of positions over the window")
    ride_mps: float = tunable(4, "m/s", 2, 8, "half the mean speed of a vehicle under way")
    stay_mps: float = tunable(0.5, "m/s", 0.2, 1, "how fast the positions of one who stays seem to move")
    stand_share: float = tunable(0.25, "share", 0.1, 0.5, "of a ride that vehicles stand [measured]")
    change_cost: float = tunable(3, "nats", 1, 12, "of getting on or off, or of beginning to walk [measured]")
    min_walk_s: float = tunable(180, "s", 30, 600, "a shorter walk between two rides may be a jam")
    steady_share: float = tunable(0.85, "share", 0.5, 1, "of a walk at people's pace; jams come and go [measured]")
    day_s: float = tunable(10800, "s", 3600, 28800, "a longer recording was not made for one ride")
    max_wait_s: float = tunable(180, "s", 60, 1800, "in a day; who waits longer has left the vehicle [measured]")
    silence_s: float = tunable(3600, "s", 600, 14400, "a phone silent for longer tells of two days")
    min_leg_s: float = tunable(60, "s", 30, 300, "a shorter ride is none")
    min_leg_m: float = tunable(300, "m", 100, 1000, "nor one that gets no farther")

    # match
    match_step_m: float = tunable(15, "m", 5, 50, "fixes nearer to the last one say little more [simulated]")
    match_step_sigmas: float = tunable(1.5, "sigmas", 0, 4, "the same for runs with large errors [simulated]")
    match_radius_m: float = tunable(60, "m", 30, 150, "a street farther away was not ridden; plateau [simulated]")
    match_places: int = tunable(12, "places", 4, 40, "for one fix; more change nothing [simulated]")
    match_sigma_m: float = tunable(5, "m", 3, 20, "error of a fix until the run shows its own [GNSS]")
    match_sigma_low_m: float = tunable(4, "m", 1, 10, "streets are drawn no better than this")
    match_sigma_high_m: float = tunable(20, "m", 10, 60, "with more, every street fits")
    match_sigma_factor: float = tunable(1.15, "factor", 1, 3, "a run that is off by more or less is matched again")
    match_tau_s: float = tunable(10, "s", 1, 60, "errors wander; middle of a plateau of 8–15 [simulated]")
    match_tail: float = tunable(8, "degrees of freedom", 2, 1000, "of Student's t; plateau of 4–20 [simulated]")
    match_beta_m: float = tunable(5, "m", 2, 30, "a way longer by this costs one nat (Newson & Krumm 2009)")
    match_beta_share: float = tunable(0.1, "share", 0, 0.5, "of the way between two fixes, added to match_beta_m")
    match_turn: float = tunable(0.2, "nats", 0, 3, "of a turn straight back; less sharp ones cost less [simulated]")
    match_back: float = tunable(6, "nats", 2, 20, "turning back on a street")
    match_against: float = tunable(3, "nats", 0, 20, "entering a street against its direction: maps err")
    match_slack_m: float = tunable(30, "m", 0, 60, "positions of a slow vehicle go back this far on a street")
    match_off_least_m: float = tunable(100, "m", 0, 300, "a shorter way off the streets is error [drawn]")
    match_stub_m: float = tunable(20, "m", 0, 60, "a shorter stretch beside an unmapped street is chance [drawn]")
    match_beam: float = tunable(10, "nats", 8, 40, "states dearer by this are given up [simulated]")
    match_off: float = tunable(3, "nats", 1, 10, "of a fix off the streets: free movement against one on a line")
    match_switch: float = tunable(5, "nats", 2, 20, "of leaving the streets, and of coming back [simulated]")

    # match: one way from several runs
    cover_m: float = tunable(100, "m", 50, 300, "a run that came this near to a street could have taken it")
    vote_nats: float = tunable(0.5, "factor", 0, 3, "weight of the runs' votes; plateau of 0.3–0.6 [simulated]")
    vote_most: float = tunable(2.5, "nats", 1, 5, "a street that nobody took is no worse than that")
    detour_runs: float = tunable(3, "runs", 2, 10, "fewer make no detour of their own")
    detour_share: float = tunable(0.2, "share", 0.1, 0.5, "of the runs")

    # group
    step_m: float = tunable(20, "m", 5, 50, "distance between the points in which lines are compared")
    near_squares_share: float = tunable(0.3, "share", 0.1, 0.5, "of the 400 m squares of the shorter run")
    near_share: float = tunable(0.35, "share", 0.2, 0.4, "less in common says nothing about one route [measured]")
    cell_m: float = tunable(25, "m", 15, 100, "with its neighbours: lines up to 25–50 m apart run together [measured]")
    terminal_join_m: float = tunable(150, "m", 50, 400, "ends of runs this near are one terminal")
    far_end_share: float = tunable(
        0.25, "share", 0.05, 1, "of the way; ends this far apart speak fully against one route [measured]"
    )
    far_end_penalty: float = tunable(0.2, "difference", 0, 0.5, "middle of a wide plateau [measured]")
    group_cut: float = tunable(
        0.4, "difference", 0.2, 0.6, "average linkage stops here; middle of a plateau [measured]"
    )
    sure_runs: int = tunable(3, "rides", 2, 10, "on each side make sure that two ways are two routes")
    sure_cut: float = tunable(
        0.25, "difference", 0.15, 0.4, "two routes, where each has sure_runs; middle of a plateau [measured]"
    )
    variant_cut: float = tunable(0.12, "share", 0.05, 0.3, "of the way; below it two runs took the same streets")
    variant_cut_m: float = tunable(
        1000, "m", 300, 3000, "of the way; more is another way, however long the route; a plateau [measured]"
    )
    variant_share: float = tunable(0.2, "share", 0.1, 0.5, "of a group's runs; only a way that more took is kept")
    contain_share: float = tunable(
        0.85, "share", 0.5, 1, "of a partial ride that lies on the route it rode; middle of a plateau [measured]"
    )
    short_turn_share: float = tunable(
        0.25, "share", 0, 1, "of the rides that agree on a way's ends; fewer make no short turn; a plateau [simulated]"
    )
    ambiguity: float = tunable(0.1, "share", 0, 0.3, "two routes fit alike when their shares differ by less")
    reverse_share: float = tunable(0.4, "share", 0.1, 0.9, "of the way back that runs beside the way out")

    # fuse: shape
    shape_step_m: float = tunable(10, "m", 5, 30, "distance between the points at which runs vote")
    calm_m: float = tunable(20, "m", 0, 40, "Gaussian along the line; rounds a street corner by 8 m at most")
    vote_m: float = tunable(50, "m", 15, 80, "beyond it a run took another street; phones err less, nearly always")
    vote_angle_deg: float = tunable(60, "degrees", 20, 80, "beyond it a run crosses")
    stiffness: float = tunable(1, "ratio", 0.1, 10, "an error changes on one step as much as positions jitter")
    end_pull: float = tunable(5, "ratio", 1, 20, "of the end of a run beside one position on it")
    run_error_m: float = tunable(4, "m", 2, 15, "error of one run on each axis, before any is seen [GNSS]")
    run_error_runs: float = tunable(3, "runs", 1, 10, "that it weighs; two runs say little of their error")
    outlier_errors: float = tunable(6, "errors", 3, 8, "a run as far off as this does not pull at all [Tukey: 4.7]")
    wander_m: float = tunable(220, "m", 20, 500, "errors last about 15 s: positions this near share one, both ways")
    turn_cost: float = tunable(0.5, "nats/radian", 0.05, 5, "middle of a plateau on invented rides [line_shape]")
    smooth_m: float = tunable(70, "m", 20, 200, "positions wander slowly: shorter wiggles are noise")
    common_m: float = tunable(12, "m", 5, 20, "lines in one direction this near are on one street")
    common_angle_deg: float = tunable(30, "degrees", 10, 45, "beyond it a line crosses the street")
    carriageways_m: float = tunable(30, "m", 15, 50, "from one roadway of a divided street to the other")
    divided_m: float = tunable(
        10, "m", 6, 14, "directions farther apart have roadways of their own: two lanes of 3.5 m and a strip [measured]"
    )
    divided_along_m: float = tunable(210, "m", 50, 500, "a street is divided for longer than this, or not")
    simplify_m: float = tunable(2, "m", 0.5, 5, "far below position error, and a tenth of the points")

    # fuse: variants
    variant_apart_m: float = tunable(150, "m", 50, 400, "two ways that part for less, once around a block, are one")
    variant_named_m: float = tunable(300, "m", 100, 800, "from where two ways part; no stop farther off names it")

    # fuse: stops
    press_join_s: float = tunable(15, "s", 3, 60, "two buttons for one stop are pressed within this [measured]")
    press_early_s: float = tunable(10, "s", 0, 30, "a collector presses as the vehicle slows down")
    press_late_s: float = tunable(15, "s", 0, 60, "or just after it left")
    silent_dwell_s: float = tunable(10, "s", 5, 60, "a halt as long as this could be a stop that nobody reported")
    stop_side_m: float = tunable(40, "m", 20, 80, "a call farther from the shape is not on it")
    passing_angle_deg: float = tunable(75, "degrees", 45, 90, "beyond it a ride goes another way than the line")
    halt_spread_m: float = tunable(15, "m", 8, 30, "how far the halts at one stop lie apart along the line [measured]")
    told_weight: float = tunable(3, "halts", 1, 10, "a halt in which somebody told, against one without a word")
    stop_apart_m: float = tunable(40, "m", 25, 80, "two stops of one pattern are never nearer")
    stop_length_m: float = tunable(100, "m", 40, 200, "a stop is no longer than a few vehicles and a reaction time")
    beside_m: float = tunable(30, "m", 15, 60, "what happens this near to a place happens there")
    stop_probability: float = tunable(0.4, "probability", 0.3, 0.8, "best F1 from 0.35 to 0.5 [measured]")
    silent_share: float = tunable(0.13, "share", 0, 0.5, "of rides that halt in silence; one of eight is no stop")
    candidate_probability: float = tunable(0.2, "probability", 0.1, 0.5, "from here on a person should look at it")
    hail_window_m: float = tunable(1000, "m", 400, 2000, "over less, halts in one jam look spread [simulated]")
    hail_per_km: float = tunable(1, "halts/km", 0.6, 4, "per ride, at no sure stop; traffic makes fewer [simulated]")
    hail_hold_share: float = tunable(0.35, "share", 0.2, 0.6, "of the halts; a place that holds more is one of its own")
    hail_length_m: float = tunable(600, "m", 200, 2000, "a shorter stretch is a jam or a long stop [simulated]")
    hail_runs: int = tunable(4, "rides", 2, 10, "fewer find a tenth of plain lines to be hailed [simulated]")
    sure_probability: float = tunable(0.75, "probability", 0.5, 0.95, "halts at a stop as sure as this are not hailed")
    terminal_stop_m: float = tunable(80, "m", 40, 200, "calls this near to an end belong to the terminal")
    same_stop_m: float = tunable(40, "m", 15, 80, "stops of two patterns this near, same direction, are one")
    same_stop_angle_deg: float = tunable(60, "degrees", 30, 90, "keeps the two sides of a street apart")
    facing_m: float = tunable(60, "m", 30, 120, "two kerbs of one place; stops this near to a terminal belong to it")
    station_m: float = tunable(150, "m", 80, 300, "the stands of a terminal lie within this")
    same_terminal_m: float = tunable(80, "m", 30, 200, "ends of patterns this near are one terminal")

    # fuse: names, times and headways
    same_name_m: float = tunable(250, "m", 50, 600, "spellings heard this near help to choose one")
    short_name_chars: int = tunable(
        12, "characters", 3, 20, "GTFS best practice for route_short_name; longer is no line number"
    )
    passing_m: float = tunable(30, "m", 10, 60, "a ride passes a stop when it comes this near along the line")
    bridge_m: float = tunable(250, "m", 50, 500, "a hole between two fixes in which a stop is passed at even speed")
    odd_time: float = tunable(3, "factor", 1.5, 10, "a ride that takes so much longer or shorter broke down or cut off")
    longest_standing_s: float = tunable(300, "s", 60, 900, "a vehicle that stands longer waits for something else")
    parent_rides: float = tunable(4, "rides", 1, 10, "what a parent counts where the data do not say; common practice")
    spread_rides: float = tunable(10, "rides", 3, 50, "fewer show the tenths of a section less well than the city's do")
    min_step_s: float = tunable(10, "s", 1, 30, "no vehicle stops again sooner")
    max_mean_speed_mps: float = tunable(25, "m/s", 15, 35, "90 km/h from stop to stop")
    unknown_speed_mps: float = tunable(5, "m/s", 3, 10, "18 km/h, only where no ride timed any stretch of a pattern")
    city_waits: int = tunable(5, "reports", 3, 50, "fewer waits and counts in a whole city estimate nothing")
    wait_vehicles: float = tunable(
        1 / 3, "vehicles", 0.1, 1, "what a wait typed from memory counts beside a vehicle that was counted"
    )
    parent_vehicles: float = tunable(
        1, "vehicles", 0.5, 4, "what a parent counts where the data do not say: routes from 5 to 20 min [simulated]"
    )
    profile_vehicles: float = tunable(30, "vehicles", 5, 200, "fewer in a whole city do not tell a band from the day")
    dispersion_reports: float = tunable(8, "reports", 2, 50, "fewer do not tell how irregular vehicles come")
    least_dispersion: float = tunable(0.05, "variance/mean^2", 0.01, 0.3, "no informal service is more regular")

    # fuse: fares
    route_fares: int = tunable(3, "reports", 2, 10, "fewer on a route do not show a slip; then the city's fares do")
    fare_off_share: float = tunable(0.2, "share", 0.1, 0.5, "of the usual fare; a report farther off is a bad one")
    coin_share: float = tunable(0.98, "share", 0.9, 1, "of all fares that are multiples of a coin; the rest are slips")

    # fuse: loads
    seats_empty: float = tunable(0.1, "share of seats", 0, 0.3, "“almost empty” in our forms: hardly ever nobody")
    seats_half: float = tunable(0.5, "share of seats", 0.3, 0.7, "“half full”")
    seats_crowded: float = tunable(1.25, "share of seats", 1.1, 2, "people stand, or sit on each other's seats")
    seats_spread: float = tunable(0.4, "share of seats", 0.1, 0.6, "by which rides of a stop differ; usual [measured]")
    load_rides: float = tunable(5, "rides", 1, 50, "fewer told twice do not show how rides of one stop differ")

    # trust
    copy_votes: int = tunable(3, "shingles", 1, 6, "in which a copy agrees with its original, or a quarter of fewer")
    copy_vote_share: float = tunable(0.1, "share", 0.05, 0.3, "of shingles, likewise; half of a merged ride has more")
    copy_clock_s: float = tunable(6, "s", 2, 15, "shingles are about this far off after jitter and a move [measured]")
    copy_exact_m: float = tunable(1, "m", 0.3, 2, "far below the error of two phones; resampling moves less [measured]")
    copy_exact_share: float = tunable(0.2, "share", 0.1, 0.5, "of the way; a ride pasted from two has more of each")
    copy_stretch_m: float = tunable(600, "m", 200, 1000, "independent rides agree so for less [measured]")
    copy_near_m: float = tunable(3, "m", 1, 5, "jitter of 5 m at 3 s leaves less over 45 s [measured]")
    copy_near_share: float = tunable(
        0.65, "share", 0.5, 0.9, "independent rides share less; middle of a plateau [measured]"
    )
    fraud_prior: float = tunable(0.02, "share", 0.001, 0.1, "of traces that are no record of a ride; our guess")
    quarantine_at: float = tunable(0.9, "probability", 0.8, 0.99, "from here on a trace waits for a person")
    doubt_at: float = tunable(0.5, "probability", 0.3, 0.8, "from here on it counts as doubtful_weight")
    doubtful_weight: float = tunable(0.2, "weight", 0, 0.5, "five doubtful rides count as one")
    look_runs: int = tunable(20, "runs", 10, 100, "fewer do not tell what the receivers of a city write")
    roughness: float = tunable(0.45, "m/s½", 0.3, 0.7, "median of real receivers, at 1 s and at 3 s alike [measured]")
    rough_from: float = tunable(2.9, "times", 2, 4, "the city's median or roughness; the roughest real run [measured]")
    straight_from: float = tunable(0.28, "share", 0.2, 0.4, "of fixes; one real run of 1,285 has more [measured]")
    steady_from: float = tunable(
        0.6, "share", 0.5, 0.8, "of time at one speed; few rides on highways have more [measured]"
    )
    white_below: float = tunable(
        -0.47, "correlation", -0.6, -0.4, "no real run has less; noise without memory -2/3 [measured]"
    )
    claim_others: int = tunable(2, "people", 1, 5, "with fewer it is one word against another")
    claim_trace_share: float = tunable(0.3, "share", 0.1, 0.6, "of the way that the others did not take")
    claim_stop_m: float = tunable(50, "m", 30, 100, "from where others stopped: two errors and a reaction time")
    claim_fare_share: float = tunable(0.2, "share", 0.1, 0.5, "off what the others paid: more than a coin step")
    claim_wait_ratio: float = tunable(2, "times", 1.5, 4, "what the others waited: waits vary")
    claim_half_life_s: float = tunable(180 * 86400, "s", 30 * 86400, 730 * 86400, "people learn, and routes change")
    prior_claims: float = tunable(8, "claims", 2, 20, "that a newcomer is credited with, and one error")
    weight_range: float = tunable(3, "times", 1, 5, "a larger range does harm where all are honest [measured]")
    most_votes: float = tunable(3, "votes", 1, 10, "of one person on one thing, however often they rode")
    two_places_m: float = tunable(1000, "m", 300, 5000, "farther apart, one person cannot carry both phones")

    # fuse: confidence
    unseen_m: float = tunable(100, "m", 50, 500, "farther from any position the way is a guess across a hole")
    end_report_s: float = tunable(180, "s", 30, 900, "a rider tells fare and wait, or the arrival, about then")

    # feed
    landmark_m: float = tunable(400, "m", 100, 800, "what is named so far away can be seen or asked for from a stop")
    crossing_m: float = tunable(75, "m", 30, 150, "stops end 50 m from a crossing (TCRP report 19); phones err by 25")
    own_street_m: float = tunable(30, "m", 15, 60, "from the line of a street: half a wide one and a phone's error")
    one_place_m: float = tunable(300, "m", 100, 600, "nearer than the usual spacing of stops, on both sides of a road")
    transfer_m: float = tunable(150, "m", 50, 300, "riders change on foot this far without a second thought")
    virtual_spacing_m: float = tunable(300, "m", 150, 600, "along hailed stretches; common spacing of urban stops")
    virtual_apart_m: float = tunable(150, "m", 80, 300, "nearer to a stop a rider walks to the stop")
    virtual_same_m: float = tunable(50, "m", 20, 100, "from a line: a place so near is on its street")
    change_mps: float = tunable(1, "m/s", 0.6, 1.4, "straight across: 1.3 m/s on ways a third longer, rounded")

    # review
    same_pattern_share: float = tunable(0.5, "share", 0.3, 1, "of runs in common; then a candidate is a known pattern")
    same_way_m: float = tunable(60, "m", 20, 150, "drawn lines and ridden ones lie apart by lanes and phone errors")
    same_way_share: float = tunable(0.8, "share", 0.6, 1, "of both lines; then rides go the way of an imported pattern")
    same_line_told: float = tunable(0.75, "share", 0.5, 1, "of what riders say is its name; then it is that line")
    same_line_half_told: float = tunable(0.5, "share", 0, 0.75, "below, riders call it otherwise: a person decides")
    same_line_ends_m: float = tunable(300, "m", 100, 800, "rides of a line nobody named begin and end where it does")
    same_line_margin: float = tunable(0.1, "share", 0, 0.3, "of way or name; by less, two lines are undecided")
    imported_confidence: float = tunable(0.5, "share", 0, 1, "a feed by others says nothing about how sure it is")


def table() -> list[dict[str, Any]]:
    """Return the parameters as rows: name, default, unit, low, high, source."""
    return [{"name": f.name, "default": f.default, **f.metadata} for f in fields(Parameters)]
