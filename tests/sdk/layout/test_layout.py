"""layout.html: what is accepted, what the grid looks like, and what errors say."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.cost import USUAL, pace

from quarterdeck.components import BarChart, ChartScale, Component, LineChart, Statistic, Table, Text
from quarterdeck.grid import Col, Grid, LayoutError, Row, parse_layout

NESTED = """
    <Grid>
        <Row>
            <Col md=4>  <!-- a comment with <Tags> -->
                <Row>
                    <Col md=12><Statistic id="stat1" /></Col>
                    <Col md=12><Statistic id="stat2" /></Col>
                </Row>
            </Col>
            <Col md=8>
                <LineChart id="chart1" />
            </Col>
        </Row>
        <Row>
            <Col md=8>
                <BarChart id="chart2" />
            </Col>
            <Col md=4>
                <Table id="table" />
            </Col>
        </Row>
    </Grid>
    """


def col(width, *children):
    return {"type": "Col", "props": {"md": width}, "children": list(children)}


def row(*children):
    return {"type": "Row", "children": list(children)}


STATE = {
    "type": "Grid",
    "children": [
        row(
            col(
                4,
                row(
                    col(12, {"id": "stat1", "type": "Statistic"}),
                    col(12, {"id": "stat2", "type": "Statistic"}),
                ),
            ),
            col(8, {"id": "chart1", "type": "LineChart"}),
        ),
        row(col(8, {"id": "chart2", "type": "BarChart"}), col(4, {"id": "table", "type": "Table"})),
    ],
}


def test_a_nested_layout():
    grid, components = parse_layout(NESTED)
    assert [component.id for component in components] == ["stat1", "stat2", "chart1", "chart2", "table"]
    assert all(isinstance(component, Component) for component in components)
    assert len(grid.children) == len(grid.children[0].children) == 2
    first = grid.children[0].children[0]
    assert first.md == 4
    assert first.children[0].children[0].children[0].id == "stat1"
    assert grid.state == STATE


def test_the_same_layout_by_constructors():
    grid = Grid(
        Row(
            Col(Row(Col(Statistic("stat1"), md=12), Col(Statistic("stat2"), md=12)), md=4),
            Col(LineChart("chart1"), md=8),
        ),
        Row(Col(BarChart("chart2"), md=8), Col(Table("table"), md=4)),
    )
    assert grid.state == STATE
    assert [component.id for component in grid.components] == ["stat1", "stat2", "chart1", "chart2", "table"]


def test_constructors_refuse_what_does_not_fit():
    with pytest.raises(ValueError, match="only Col can stand in a Row"):
        Row(Text("t"))
    with pytest.raises(ValueError, match="md=13"):
        Col(md=13)
    with pytest.raises(ValueError, match="Grid cannot stand in Col"):
        Col(Grid())


def inside(component):
    return parse_layout(f"<grid>{component}</grid>")[1][0]


def test_attributes_become_what_the_class_takes():
    attributes = 'min_y=0 max_y="12.5" max_points=20 description="Usage" x_scale=time num_datasets=2'
    chart = inside(f"<LineChart id=c {attributes}/>")
    assert (chart.min_y, chart.max_y, chart.max_points, chart.description) == (0, 12.5, 20, "Usage")
    assert chart.x_scale is ChartScale.Time
    assert chart.num_datasets == 2


def test_a_slash_directly_behind_a_value_closes_the_tag():
    assert inside("<LineChart id=c max_points=20/>").max_points == 20
    assert inside("<Text id=t text=a/b />").text == "a/b"


@pytest.mark.parametrize(
    "written", ["striped", "striped=true", "striped=True", 'striped="yes"', "striped=1", "STRIPED"]
)
def test_what_is_true(written):
    assert inside(f"<ProgressBar id=p {written}>").striped is True


@pytest.mark.parametrize("written", ["", "striped=false", "striped=False", "striped=no", "striped=0"])
def test_what_is_false(written):
    assert inside(f"<ProgressBar id=p {written} />").striped is False


@pytest.mark.parametrize("written", ["Time, Value", "[Time, Value]", '["Time", "Value"]', "['Time', 'Value']"])
def test_lists(written):
    quote = '"' if "'" in written else "'"
    table = inside(f"<Table id=t headers={quote}{written}{quote} />")
    assert table.headers == ["Time", "Value"]


def test_rows_are_json():
    assert inside('<Table id=t rows=\'[[1, "a"], [2, "b"]]\' />').rows == [[1, "a"], [2, "b"]]


def test_entities_case_text_and_wrapping():
    text = """<!DOCTYPE html><html><body class=x>
      <GRID> words
        <row><COL XS=12 md='6'><tExT ID="t" TEXT="a &lt; &quot;b&quot;"></tExT> <text id=u></COL></row>
      </GRID></body></html>"""
    grid, components = parse_layout(text)
    assert [component.text for component in components] == ['a < "b"', ""]
    assert grid.state["children"][0]["children"][0]["props"] == {"xs": 12, "md": 6}


def test_empty_boxes():
    assert parse_layout("<Grid/>")[0].state == {"type": "Grid", "children": []}
    assert parse_layout("<Grid><Row/><Row><Col/></Row></Grid>")[0].state["children"][1]["children"] == [
        {"type": "Col", "props": {}, "children": []}
    ]


@pytest.mark.parametrize(
    ("layout", "line", "says"),
    [
        ("", 1, "there is no <Grid>; begin the layout with <Grid>"),
        ("\n<Gird></Gird>", 2, "the first tag is <Gird>"),
        ("<Text id=t />", 1, "<Text> stands outside of a <Grid>"),
        ("<Grid>\n<Lable id=t />\n</Grid>", 2, "there is no tag <Lable>; did you mean Table?"),
        ("<Grid>\n<Xyzzy id=t />\n</Grid>", 2, "known are Grid, Row, Col, Text"),
        ("<Grid>\n<Row>\n<Text id=t />", 3, "only Col can stand in a Row, not Text; put <Col> around it"),
        ("<Grid><Table id=t max_row=3 /></Grid>", 1, "<Table> has no attribute max_row; did you mean max_rows?"),
        ("<Grid><Row md=3></Row></Grid>", 1, "<Row> has no attribute md; it takes none"),
        ("<Grid><Table id=t max_rows=ten /></Grid>", 1, "max_rows=ten of <Table> does not fit; give a whole number"),
        ("<Grid><Table id=t max_rows /></Grid>", 1, "it needs a value"),
        ("<Grid><LineChart id=t max_y=nan /></Grid>", 1, "give a finite number"),
        ("<Grid><ProgressBar id=t label=perhaps /></Grid>", 1, "give true or false"),
        ("<Grid><LineChart id=t x_scale=cubic /></Grid>", 1, "choose one of category"),
        ("<Grid>\n<Col md=13>\n</Col></Grid>", 2, "md=13 is no width"),
        ("<Grid>\n<Text />\n</Grid>", 2, '<Text> has no id; write <Text id="name" />'),
        ("<Grid>\n<Text id=t />\n<Table id=t />", 3, "the id 't' is taken; line 2 has it"),
        ("<Grid>\n<Row>\n<Col>\n</Row></Grid>", 4, "</Row> stands where </Col> is due; close <Col> of line 3 first"),
        ("<Grid>\n<Row>\n</Grid>", 3, "</Grid> stands where </Row> is due"),
        ("<Grid>\n<Row></Row>", 1, "<Grid> is never closed; add </Grid> where it ends"),
        ("<Grid></Grid>\n<Text id=t />", 2, "<Text> stands behind </Grid>"),
        ("<Grid></Grid>\n<Grid></Grid>", 2, "there is a second <Grid>"),
        ("<Grid></Grid>\n</Row>", 2, "</Row> closes nothing"),
        ("<Grid>\n<!-- never", 2, "a comment begins here and never ends; close it with -->"),
        ('<Grid>\n<Text id="t />', 2, "the value of id in <Text> begins here and never ends"),
        ("<Grid>\n<Text id=t", 2, "the tag <Text> never ends"),
        ("<Grid>\n<Text id= />", 2, "id= in <Text> has no value"),
        ("<Grid>\n<Text id=a id=b />", 2, "<Text> has id twice"),
        ('<Grid>\n<Text "id" />', 2, "inside the tag <Text>"),
        ("<Grid>" + "<Col>" * 20, 1, "tags inside each other"),
    ],
)
def test_errors_name_file_line_tag_and_mend(layout, line, says):
    with pytest.raises(LayoutError) as caught:
        parse_layout(layout, "sample/layout.html")
    assert str(caught.value).startswith(f"sample/layout.html, line {line}: ")
    assert says in str(caught.value)
    assert caught.value.line == line


MARKUP = st.lists(
    st.sampled_from(
        [*"<>/='\" \n", "<Grid>", "</Grid>", "<Row>", "</Row>", "<Col md=6>", "</Col>", "<Text id=a />", "<!--", "-->",
         "id=", "&lt;", "<Table id='b' max_rows=3>", "x", "\x00", "\u2028", "<!", "\ud800"]
    ),
    max_size=40,
).map("".join)  # fmt: skip


@given(MARKUP | st.text())
def test_any_text_is_a_layout_or_an_error_with_a_line(text):
    line = 1
    try:
        grid, components = parse_layout(text)
    except LayoutError as error:
        line = error.line
    else:
        assert grid.components == components
    assert 1 <= line <= text.count("\n") + 1


@pytest.mark.long
@pytest.mark.parametrize(
    "piece",
    ["<", "<Grid ", "<!--", "</", "<Text id=", "a=b ", '"', "&", "<Col>", "<Grid>\n", "x<y ", "<Text id='", "<!-->"],
)
def test_hostile_input_takes_linear_time(piece):
    text = "<Grid>" + piece * (900_000 // len(piece))
    began = time.process_time()
    with pytest.raises(LayoutError):
        parse_layout(text)
    assert time.process_time() - began < 5 * max(1.0, pace() / USUAL)


def test_a_layout_has_a_limit():
    with pytest.raises(LayoutError, match="the most is"):
        parse_layout("<Grid>" + " " * 1_000_000)
