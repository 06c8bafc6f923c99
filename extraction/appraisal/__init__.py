"""The quality of each study is judged with an instrument: a form whose answers carry points, totals computed and never typed."""
