"""How simulated rides behave: one table of every tunable number."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class RideSettings:
    """Every number of the ride simulator, with its unit, sensible range and source.

    Sources: [Mn] are the measurement set-ups of the project's notes on algorithms; [AB] is the look of the 393 public
    Abidjan survey traces of 2019 (Jungle Bus); [own] is our estimate. Shares are probabilities from 0 to 1.

    ===================== ========= ============ ==================================================== ==============
    field                 unit      range        meaning                                              source
    ===================== ========= ============ ==================================================== ==============
    seed                  -         >= 0         where all chance comes from                          -
    runs_min, runs_max    runs      1-20         rides per pattern, drawn evenly between the two      [AB] 1-6
    language              -         en, fr       language of what collectors type                     -
    currency              ISO 4217  -            currency of the fares they type                      -
    contributors          people    1-30         collectors, each with own phone and habits           [AB] 6 or more
    first_day, days       date, d   -            when the survey took place                           -
    interval_choices_s    s         1-5          time between fixes, one per phone                    [AB] 1, [M4] 3
    interval_jitter       share     0-0.3        standard deviation of that time, relative            [own]
    sigma_min_m, _max_m   m         4-10         GPS error per axis, one per phone                    [M1] 8
    noise_tau_s           s         5-30         how long an error lasts (AR(1))                      [M1] 15
    canyon_share          share     0-0.3        share of ground where reception is bad               [M1] 0.15
    canyon_factor         -         1-5          the error there, relative                            [M1] 3
    canyon_cell_m         m         50-300       size of such a place                                 [M9] a block
    jumps_per_hour        1/h       0-5          single wild fixes                                    [AB] 10 % files
    jump_min_m, _max_m    m         100-2000     how far off they are                                 [AB]
    gaps_per_hour         1/h       0-5          stretches without fixes                              [AB]
    gap_min_s, _max_s     s         10-300       how long these last                                  [AB]
    cruise_min_mps, _max  m/s       4-14         free speed, by place                                 [M1] 5-10
    cruise_cell_m         m         200-1000     length over which the free speed holds               [own]
    driver_sd             share     0-0.2        how drivers differ in speed, relative                [own]
    accelerate_mps2       m/s2      0.8-1.5      strongest pull                                       [own]
    brake_mps2            m/s2      1-2          strongest braking                                    [own]
    lateral_mps2          m/s2      1-3          strongest push to the side, slows curves             [own]
    boarding_share        share     0.3-1        chance that the vehicle halts at a stop              [M6] Beta(3,2.5)
    dwell_min_s, _max_s   s         5-60         how long it then stands                              [M5] median 16
    halt_sd_m             m         0-15         how far from the stop it stands                      [M6] 8
    signal_cell_m         m         100-500      distance between junctions that may have a signal    [own]
    signal_share          share     0-1          share of these that have one                         [own]
    signal_halt_share     share     0-1          chance that a run must halt there                    [M6] 0.5
    signal_max_s          s         20-90        longest halt, drawn evenly from 0                    [M6] 55
    jam_share             share     0-0.5        share of ground that jams at rush hour               [own]
    jam_cell_m            m         200-1000     length of a jam                                      [own]
    jam_slowdown          share     0-0.9        loss of speed in a full jam                          [own]
    jam_halt_share        share     0-1          chance of a halt per 50 m of full jam                [own]
    jam_halt_max_s        s         5-30         longest such halt                                    [own]
    lead_in_median_s      s         60-600       recording before departure from the terminal         [AB] 4.4 min
    lead_in_max_s         s         -            longest                                              [AB]
    lead_out_max_s        s         0-300        recording after arrival                              [AB]
    wander_m              m         5-30         how far collectors stroll at the terminal            [own]
    partial_share         share     0-0.5        rides of a part of the way                           [M3] 0.25
    partial_min, _max     share     0.2-0.95     which part of the way they cover                     [M3] 0.4-0.8
    duplicate_share       share     0-0.2        files sent again under another name                  [own] 0.05
    second_phone_share    share     0-0.2        rides recorded by a second phone too                 [own] 0.05
    clock_offset_max_s    s         0-600        how wrong the clock of a second phone may be         [own]
    fabricated_share      share     0-0.2        rides that nobody rode, for each true one            [own] 0.05
    fabricators           people    1-5          those who agree to send them                         [own]
    hail_share            share     0-0.5        ways with a stretch of hail and ride                 [M6]
    press_share           share     0.5-1        stops that the collector marks at all                [own]
    reaction_max_s        s         0-10         delay of the press after arrival                     [own]
    generic_share         share     0-1          marks that say no more than "Stop", mean of habits   [AB] 0.3
    misspelt_share        share     0-1          names with a slip in them                            [AB]
    occupancy_share       share     0-1          stops where the load is marked as well               [AB] 0.5
    mistake_share         share     0-0.2        wrong presses that are then taken back               [AB] 1.3 %
    departure_note_share  share     0-1          departures with fare and wait typed as text          [AB]
    fare_slip_share       share     0-0.2        fares typed ten times too high or too low            [M8] 0.05
    wrong_direction_share share     0-0.3        labels that name the other direction                 [AB] 0.1
    wrong_line_share      share     0-0.1        labels that name another line                        [AB]
    ===================== ========= ============ ==================================================== ==============
    """

    seed: int = 0
    runs_min: int = 1
    runs_max: int = 6
    language: str = "en"
    currency: str = "KES"
    contributors: int = 6
    first_day: date = date(2025, 3, 3)
    days: int = 26
    interval_choices_s: tuple[float, ...] = (1.0, 2.0, 3.0, 5.0)
    interval_jitter: float = 0.08
    sigma_min_m: float = 6.0
    sigma_max_m: float = 8.0
    noise_tau_s: float = 15.0
    canyon_share: float = 0.15
    canyon_factor: float = 3.0
    canyon_cell_m: float = 150.0
    jumps_per_hour: float = 0.8
    jump_min_m: float = 150.0
    jump_max_m: float = 1_200.0
    gaps_per_hour: float = 0.8
    gap_min_s: float = 15.0
    gap_max_s: float = 150.0
    cruise_min_mps: float = 6.0
    cruise_max_mps: float = 11.0
    cruise_cell_m: float = 400.0
    driver_sd: float = 0.08
    accelerate_mps2: float = 1.1
    brake_mps2: float = 1.4
    lateral_mps2: float = 1.8
    boarding_share: float = 0.6
    dwell_min_s: float = 8.0
    dwell_max_s: float = 40.0
    halt_sd_m: float = 8.0
    signal_cell_m: float = 300.0
    signal_share: float = 0.25
    signal_halt_share: float = 0.5
    signal_max_s: float = 55.0
    jam_share: float = 0.2
    jam_cell_m: float = 450.0
    jam_slowdown: float = 0.65
    jam_halt_share: float = 0.35
    jam_halt_max_s: float = 15.0
    lead_in_median_s: float = 264.0
    lead_in_max_s: float = 1_200.0
    lead_out_max_s: float = 120.0
    wander_m: float = 12.0
    partial_share: float = 0.25
    partial_min: float = 0.4
    partial_max: float = 0.8
    duplicate_share: float = 0.04
    second_phone_share: float = 0.05
    clock_offset_max_s: float = 90.0
    fabricated_share: float = 0.0
    fabricators: int = 2
    hail_share: float = 0.0
    press_share: float = 0.85
    reaction_max_s: float = 6.0
    generic_share: float = 0.3
    misspelt_share: float = 0.3
    occupancy_share: float = 0.5
    mistake_share: float = 0.03
    departure_note_share: float = 0.75
    fare_slip_share: float = 0.05
    wrong_direction_share: float = 0.12
    wrong_line_share: float = 0.03
