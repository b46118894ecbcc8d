# SPDX-FileCopyrightText: hoeksteen contributors
# SPDX-License-Identifier: EUPL-1.2
"""In which rows and columns something personal is noticed, and that it is told nowhere."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from contracts.candidates import scan
from contracts.settings import Settings
from ingest.notices import NOTICED
from ingest.privacy.looking import looked_through
from ingest.raw import ROW
from ingest.source_files import find_files
from ingest.staging import stage
from ingest.xes.reader import read_xes
from simulation.description import process
from simulation.generator import Order, Simulated
from simulation.recording.dialects import DIALECTS
from tests.workbooks import xlsx

CITIZEN = "999990342"  # published for testing
COLUMNS = {"case_id": "zaak", "activity": "stap", "timestamp": "tijdstip"}
Stage = Callable[..., tuple[pl.DataFrame, bytes]]


@pytest.fixture
def staged(tmp_path: Path) -> Stage:
    """A function that gives the candidates of a source, and the bytes of their file."""

    def run(path: Path, *, pseudonymise: tuple[str, ...] = (), **source: Any) -> Any:
        settings = Settings.model_validate(
            {
                "process": {"id": "test"},
                "sources": [{"path": str(path), **source}],
                "journey": {"end": ["klaar"]},
                "privacy": {"pseudonymise": pseudonymise},
            }
        )
        config, out = tmp_path / "test.yaml", Path(tempfile.mkdtemp(dir=tmp_path))
        [file] = find_files(settings.sources[0], config, 0)
        done = stage(file, settings.sources[0], settings, config, 0, out)
        [path] = done.paths
        return scan([path]).collect(), path.read_bytes()

    return run


def table(rows: int = 10, **columns: list[Any]) -> pl.DataFrame:
    """A log of so many rows; of other columns the first values are told."""
    log = {
        "zaak": [f"Z{row}" for row in range(rows)],
        "stap": ["aanvraag"] * rows,
        "tijdstip": ["2026-03-12"] * rows,
    }
    return pl.DataFrame(
        {
            name: [*values, *[None] * (rows - len(values))]
            for name, values in (log | columns).items()
        }
    )


def noticed(frame: pl.DataFrame) -> dict[int, list[tuple[str, str | None]]]:
    """What was noticed of each row, by its number from 1."""
    told = frame.drop_nulls("noticed").select("row", "noticed").iter_rows()
    return {row: [(each["rule"], each["column"]) for each in notices] for row, notices in told}


IN_NOTES = [f"BSN {CITIZEN} genoteerd.", None, "niets", f"nr {CITIZEN}"]
BSN, NOTE = ("DQ14", "bsn"), ("DQ14", "toelichting")
CASES = [str(number) for number in range(300_000_000, 300_003_000, 3)]


@pytest.mark.parametrize("suffix", ["csv", "parquet"])
@pytest.mark.parametrize(
    ("log", "rows"),
    [
        (table(toelichting=IN_NOTES), {1: [NOTE], 4: [NOTE]}),
        # the number of an organisation is on every row, those of cases pass by chance
        (table(organisatie=["517439943"] * 10), {}),
        (table(1000, zaak=CASES, kenmerk=CASES), {}),
        # a header that says what it is, whatever else stands there
        (table(2, bsn=["999990342", "999990342"]), {1: [BSN], 2: [BSN]}),
        (table(1000, bsn=[CITIZEN, *CASES[1:30]]), {n: [BSN] for n in (1, 11, 15, 19, 23, 27)}),
        # an id too, which becomes a pseudonym
        (table(2, zaak=["111222333", "999990342"]), {n: [("DQ14", "zaak")] for n in (1, 2)}),
        # without the zero that a spreadsheet drops
        (
            table(3, nummer=["12345672", "123456782", "111222333"]),
            {n: [("DQ14", "nummer")] for n in (1, 2, 3)},
        ),
        (
            table(2, bsn=["111222333", None], toelichting=["111.222.333", "1112 22 333"]),
            {1: [BSN, NOTE], 2: [NOTE]},
        ),
        (table(telefoon=["0612345678"] * 3, bedrag=["123456782,50"] * 3), {}),
    ],
)
def test_a_citizens_number_in_any_column(
    log: pl.DataFrame,
    rows: dict[int, list[tuple[str, str | None]]],
    suffix: str,
    tmp_path: Path,
    staged: Stage,
) -> None:
    path = tmp_path / f"log.{suffix}"
    log.write_csv(path) if suffix == "csv" else log.write_parquet(path)

    assert noticed(staged(path, columns=COLUMNS)[0]) == rows


@pytest.mark.parametrize(
    ("values", "rows"),
    [
        ([123456782, 12345672, None], [1, 2]),
        ([123456782.0, 12345672.0, None], [1, 2]),
        ([b"999990342", b"\xff\xfe", None], []),
        ([["a", "999990342"], ["b"], None], [1]),
        ([{"bsn": "999990342"}, {"bsn": None}, None], [1]),
        ([[{"bsn": 999990342}], [], None], [1]),
        ([True, False, None], []),
    ],
)
def test_a_citizens_number_in_a_column_of_any_type(
    values: list[Any], rows: list[int], tmp_path: Path, staged: Stage
) -> None:
    path = tmp_path / "log.parquet"
    table(3).with_columns(pl.Series("x", values)).write_parquet(path)

    assert list(noticed(staged(path, columns=COLUMNS)[0])) == rows


def test_of_a_citizens_number_that_would_be_kept_only_the_shape_is(
    tmp_path: Path, staged: Stage
) -> None:
    path = tmp_path / "log.csv"
    log = table(3, stap=["Brief 99.999.034.2 aan BSN 999990342", "aanvraag 2026", "BSN 999990342"])
    log.with_columns(regio=pl.lit("999990342"), nota=pl.lit("999990342")).write_csv(path)

    found, content = staged(path, columns=COLUMNS, case_attributes=["regio"])

    assert found["activity"].to_list() == [
        "Brief ##.###.###.# aan BSN #########",
        "aanvraag 2026",
        "BSN #########",
    ]
    assert set(found["case:regio"]) == {"#########"}
    assert b"999990342" not in content


def test_a_citizens_number_in_two_columns_of_one_name(tmp_path: Path, staged: Stage) -> None:
    path = tmp_path / "log.csv"
    path.write_text(
        f"zaak,stap,tijdstip,x,x,\n1,a,2026-03-12,{CITIZEN},,\n2,a,2026-03-12,,,{CITIZEN}\n"
    )

    assert noticed(staged(path, columns=COLUMNS)[0]) == {1: [("DQ14", "x")], 2: [("DQ14", "")]}


@pytest.mark.parametrize(
    ("text", "is_called_so"),
    [
        (f"BSN {CITIZEN}", True),
        (f"zaak 300000003, bsn: {CITIZEN[:3]}.{CITIZEN[3:6]}.{CITIZEN[6:]}", True),
        (f"Burgerservicenummer (BSN) is {CITIZEN}", True),
        (f"BSN{CITIZEN}", True),
        (f"zaak {CITIZEN}", False),
        ("BSN 300000001", False),
        (f"BSN onbekend, dossier {CITIZEN}", False),
    ],
)
def test_a_number_that_the_text_calls_a_citizens_amid_other_numbers(
    text: str, *, is_called_so: bool, tmp_path: Path, staged: Stage
) -> None:
    frame = table(1000, toelichting=[*(f"dossier {number}" for number in CASES[:999]), text])
    frame.write_csv(tmp_path / "log.csv")

    found, _ = staged(tmp_path / "log.csv", columns=COLUMNS)

    assert noticed(found) == ({1000: [NOTE]} if is_called_so else {})


def event(*attributes: str) -> str:
    told = ('key="concept:name" value="a"', 'key="time:timestamp" value="2026-03-12"')
    return "<event>" + "".join(f"<string {each}/>" for each in (*told, *attributes)) + "</event>"


def trace(name: str, *inside: str) -> str:
    return f'<trace><string key="concept:name" value="{name}"/>{"".join(inside)}</trace>'


@pytest.mark.parametrize("block", [64, 1 << 23])
def test_a_citizens_number_in_xes(block: int, tmp_path: Path) -> None:
    note, of_trace = f'key="nota" value="{CITIZEN}"', '<string key="wie" value="111222333"/>'
    traces = [
        trace("1", event(), event(note)),
        trace("2", of_trace, event(note), event()),
        *(trace(name, event()) for name in ("3", "4")),
        trace("5", event('key="#row" value="123456782"')),
    ]
    (path := tmp_path / "log.xes").write_text(f"<log>{''.join(traces)}</log>")
    (scratch := tmp_path / "scratch").mkdir()

    rows = looked_through(read_xes(path, "log", ["concept:name"], scratch, block), ()).frame

    found = noticed(rows.select(row=ROW, noticed=NOTICED).collect())
    assert {row: sorted(each) for row, each in found.items()} == {
        2: [("DQ14", "nota")],
        3: [("DQ14", "case:wie"), ("DQ14", "nota")],
        4: [("DQ14", "case:wie")],
        7: [("DQ14", "#row")],
    }


ROLES = COLUMNS | {"resource": "wie", "team": "team", "org": "org"}


def test_what_is_personal_where_it_is_kept(tmp_path: Path, staged: Stage) -> None:
    log = table(
        5,
        zaak=["a@b.nl", "Z2", "Z3", "Z4", "Z5"],
        stap=["aanvraag", "gebeld met dhr. Jansen", "aanvraag", "aanvraag", "aanvraag"],
        wie=["c@d.nl"],
        team=[None, "Team 06-12345678", "Team Noord"],
        org=[None, None, "NL91ABNA0417164300", "NL92ABNA0417164300"],
        kanaal=["papier", "e@f.nl", "papier"],
        notitie=["g@h.nl"] * 5,
    )
    log.write_csv(path := tmp_path / "log.csv")
    source = {"columns": ROLES, "case_attributes": ["kanaal"]}

    found = staged(path, pseudonymise=("case_id", "resource"), **source)[0]
    kept = staged(path, **source)[0]

    rows = {
        2: [("DQ15", "stap"), ("DQ15", "team"), ("DQ15", "kanaal")],
        3: [("DQ15", "org")],
    }
    assert noticed(found) == rows
    # these rows are stored too, as a later batch may mend their case
    assert found["activity"][1] == "###### ### ###. ######"
    assert found["team"].to_list()[1:3] == ["#### ##-########", "Team Noord"]
    assert found["org"][2:4].to_list() == ["#" * 18, "NL92ABNA0417164300"]
    assert found["case:kanaal"].to_list()[:3] == ["papier", "#@#.##", "papier"]
    # an id that the config keeps as it is, is kept too
    assert noticed(kept) == {1: [("DQ15", "zaak"), ("DQ15", "wie")], **rows}


@pytest.mark.parametrize("pseudonymise", [(), ("case_id", "resource")])
def test_ids_that_a_spreadsheet_rounded(
    pseudonymise: tuple[str, ...], tmp_path: Path, staged: Stage
) -> None:
    log = table(
        5,
        zaak=["2,025001E+11", " 2E+11", "202500100123", "2025-1E+1", "1E+x"],
        wie=["M1", "M2", "M3", "1.5E+12"],
        kanaal=["2,025001E+11"] * 5,
    )
    log.write_csv(path := tmp_path / "log.csv", separator=";")
    source = {"columns": {**COLUMNS, "resource": "wie"}, "case_attributes": ["kanaal"]}

    found = staged(path, pseudonymise=pseudonymise, **source)[0]

    assert noticed(found) == {
        1: [("DQ31", "zaak")],
        2: [("DQ31", "zaak")],
        4: [("DQ31", "wie")],
    }


def sheet(path: Path, ids: Sequence[float | str]) -> Path:
    """A workbook with a row per id, which is a number or a text."""
    rows = [(each, "aanvraag", "2026-03-12") for each in ids]
    return xlsx(path, {"log": [tuple(COLUMNS.values()), *rows]})


LONG = 20240000000010000


def test_numbers_of_a_workbook_that_are_too_long_are_rounded(tmp_path: Path, staged: Stage) -> None:
    ids = [*(float(f"{(LONG + case) // 100}00") for case in range(0, 400, 100)), "Z1", 2024]

    found = staged(sheet(tmp_path / "log.xlsx", ids), columns=COLUMNS)[0]

    assert noticed(found) == {row: [("DQ31", "zaak")] for row in range(1, 5)}


@pytest.mark.parametrize("first", [LONG, 1000000000000000])
def test_long_texts_of_a_workbook_are_whole(tmp_path: Path, staged: Stage, first: int) -> None:
    ids = [str(first + case) for case in range(20)]

    found = staged(sheet(tmp_path / "log.xlsx", ids), columns=COLUMNS)[0]

    assert noticed(found) == {}


def test_long_numbers_of_a_text_file_are_whole(tmp_path: Path, staged: Stage) -> None:
    log = table(zaak=[str(LONG + case) for case in range(0, 100, 10)])
    log.write_csv(path := tmp_path / "log.csv")

    assert noticed(staged(path, columns=COLUMNS)[0]) == {}


def test_it_is_told_nowhere_and_changes_no_digest(tmp_path: Path, staged: Stage) -> None:
    log = table(zaak=["999990342", "111222333"], toelichting=IN_NOTES, stap=["a", "b"])
    log.write_csv(path := tmp_path / "log.csv")

    found, content = staged(path, columns=COLUMNS, pseudonymise=("case_id", "resource"))

    assert len(noticed(found)) == 3
    assert CITIZEN.encode() not in content
    assert CITIZEN not in str(found.to_dicts())
    plain, _ = staged(path, columns=COLUMNS)
    read = pl.read_csv(path, infer_schema=False)
    hashes = (pl.col(name).hash(seed) for seed, name in enumerate(sorted(read.columns)))
    digests = read.select(pl.sum_horizontal(hashes).reinterpret(signed=True)).to_series()
    assert plain["digest"].to_list() == digests.to_list()


FLAT = {"columns": {"case_id": "zaaknummer", "activity": "stap", "timestamp": "tijdstip"}}
OF_DIALECT: dict[str, dict[str, Any]] = {
    "csv": FLAT,
    "csv-nl": FLAT,
    "csv-excel": FLAT,
    "parquet": FLAT,
    "xes": {},
    "zgw": {"format": "zgw"},
}


@pytest.mark.parametrize("dialect", OF_DIALECT)
def test_the_planted_numbers_are_noticed_and_no_others(
    dialect: str, tmp_path: Path, staged: Stage
) -> None:
    order = Order("uht", 400, seed=5, level="statistical", defects=True)
    parts = list(Simulated(order).parts())
    (log := tmp_path / "log").mkdir()
    DIALECTS[dialect](iter(parts), process("uht"), log)
    path = log if dialect == "zgw" else next(log.iterdir())

    found, content = staged(path, **OF_DIALECT[dialect])

    events = pl.concat(part.events for part in parts).filter(pl.col("note").str.contains(CITIZEN))
    cases = pl.concat(part.cases.select("case", "case_id") for part in parts)
    planted = events.join(cases, on="case").select(
        "case_id", "activity", pl.col("at").dt.truncate("1s")
    )
    told = found.drop_nulls("noticed").select(
        pl.col("case_id").str.split(" ").list.last(), "activity", pl.col("at").dt.truncate("1s")
    )
    column = "statustoelichting" if dialect == "zgw" else "toelichting"
    assert sorted(told.rows()) == sorted(planted.rows())
    assert list(noticed(found).values()) == [[("DQ14", column)]] * 5
    assert CITIZEN.encode() not in content
