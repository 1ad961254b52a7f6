//! The rows as a table of SQLite. What is asked of it shares no code with what it is held against.

use harness_cd_model::Deployment;
use rusqlite::{Connection, Row, params_from_iter, types::Value as Cell};
use serde_json::Value;

/// The columns of `raw`, and what each is called in the JSON of a row.
const COLUMNS: [(&str, &str); 22] = [
    ("id", "id"),
    ("execution", "executionId"),
    ("pipeline", "pipeline"),
    ("stage", "stage"),
    ("status", "status"),
    ("phase", "phase"),
    ("whole", "wholeRun"),
    ("service", "service"),
    ("environment", "environment"),
    ("type", "environmentType"),
    ("infrastructure", "infrastructure"),
    ("region", "region"),
    ("version", "version"),
    ("run_created", "runCreatedAt"),
    ("run_started", "runStartedAt"),
    ("run_ended", "runEndedAt"),
    ("started", "startedAt"),
    ("ended", "endedAt"),
    ("took", "durationMs"),
    ("rollback", "isRollback"),
    ("undone", "isUndone"),
    ("rerun", "rerunOf"),
];

/// Times that are told, who is where, and the changes of each place with what stands after them.
const VIEWS: &str = "
CREATE VIEW placed AS
WITH sole AS (
    SELECT 'run' kind, execution key, COUNT(DISTINCT service) n, MIN(service) service
    FROM raw WHERE service IS NOT NULL GROUP BY execution
    UNION ALL
    SELECT 'pipeline', pipeline, COUNT(DISTINCT service), MIN(service)
    FROM raw WHERE service IS NOT NULL GROUP BY pipeline
)
SELECT raw.id, execution, pipeline, stage, status, phase, whole, rollback, undone, rerun, version, environment, type, took,
    started, ended, run_started, run_ended,
    COALESCE(raw.service, CASE WHEN r.n IS NOT NULL THEN CASE r.n WHEN 1 THEN r.service END
        WHEN p.n = 1 THEN p.service END) service,
    COALESCE(region, infrastructure) region,
    COALESCE(started, run_started, run_created) begun,
    COALESCE(MAX(started, ended), started, ended, MAX(run_started, run_ended), run_started, run_ended, run_created) settled
FROM raw
LEFT JOIN sole r ON r.kind = 'run' AND r.key = execution
LEFT JOIN sole p ON p.kind = 'pipeline' AND p.key = pipeline;

CREATE TABLE d AS SELECT *, COALESCE(settled, -9e15) s, COALESCE(begun, -9e15) b
    FROM placed WHERE phase <> 'skipped' AND service IS NOT NULL AND environment IS NOT NULL;

CREATE TABLE change AS
WITH all_changes AS (
    SELECT service, environment, region, settled at, 0 kind, b, id, version FROM d
    WHERE phase = 'succeeded' AND NOT whole AND NOT rollback
    UNION ALL
    SELECT service, environment, region, MAX(COALESCE(settled, run_ended), COALESCE(run_ended, settled)), 1, b, id, version
    FROM d WHERE phase = 'succeeded' AND NOT whole AND NOT rollback AND undone
    UNION ALL
    SELECT service, environment, region, settled, 2, b, id, version FROM d
    WHERE phase = 'succeeded' AND NOT whole AND rollback
)
SELECT *, ROW_NUMBER() OVER (PARTITION BY service, environment, region ORDER BY at NULLS FIRST, kind, b, id) n
FROM all_changes;

CREATE TABLE moment AS
WITH RECURSIVE walk AS (
    SELECT DISTINCT service, environment, region, 0 n, NULL at, NULL kind, NULL id, '[]' stack, '[]' earlier FROM change
    UNION ALL
    SELECT c.service, c.environment, c.region, c.n, c.at, c.kind, c.id,
        CASE c.kind
        WHEN 0 THEN json_insert(stack, '$[#]', c.id)
        WHEN 1 THEN (SELECT json_group_array(value) FROM json_each(stack) WHERE value <> c.id)
        ELSE CASE
            WHEN stack = '[]' THEN '[]'
            WHEN c.version IS NULL OR c.version IS (SELECT version FROM d WHERE id = json_extract(stack, '$[#-1]'))
                THEN json_remove(stack, '$[#-1]')
            ELSE (SELECT json_group_array(value) FROM json_each(stack) WHERE key <= COALESCE(
                (SELECT MAX(key) FROM json_each(stack) JOIN d ON d.id = value WHERE d.version = c.version), 1e9))
            END
        END,
        stack
    FROM walk JOIN change c ON c.service = walk.service AND c.environment = walk.environment
        AND c.region IS walk.region AND c.n = walk.n + 1
)
SELECT *, json_extract(stack, '$[#-1]') stands FROM walk WHERE n > 0;

CREATE TABLE stands AS
SELECT service, environment, region, stands id FROM moment m
WHERE stands IS NOT NULL AND n = (SELECT MAX(n) FROM moment o
    WHERE o.service = m.service AND o.environment = m.environment AND o.region IS m.region);

CREATE TABLE gone AS
SELECT service, environment, region, value id, at FROM moment, json_each(earlier)
WHERE value NOT IN (SELECT value FROM json_each(stack));
";

/// The rows as tables, with the views.
pub(crate) fn tables(rows: &[Deployment<'_>]) -> Connection {
    let db = Connection::open_in_memory().unwrap();
    let names = COLUMNS.map(|(column, _)| column).join(", ");
    db.execute_batch(&format!("CREATE TABLE raw ({names})")).unwrap();
    let places = vec!["?"; COLUMNS.len()].join(", ");
    let mut insert = db.prepare(&format!("INSERT INTO raw VALUES ({places})")).unwrap();
    for row in rows {
        let row = serde_json::to_value(row).unwrap();
        insert
            .execute(params_from_iter(COLUMNS.map(|(_, member)| cell(&row[member]))))
            .unwrap();
    }
    drop(insert);
    db.execute_batch("UPDATE raw SET whole = COALESCE(whole, 0), undone = COALESCE(undone, 0)")
        .unwrap();
    db.execute_batch(VIEWS).unwrap();
    db
}

fn cell(value: &Value) -> Cell {
    match value {
        Value::Null => Cell::Null,
        Value::Bool(is) => Cell::Integer((*is).into()),
        Value::Number(number) => Cell::Integer(number.as_i64().unwrap()),
        other => Cell::Text(other.as_str().unwrap().to_owned()),
    }
}

/// The lines of an answer, its columns joined by `|`, sorted.
pub(crate) fn lines(db: &Connection, query: &str) -> Vec<String> {
    let mut statement = db.prepare(query).unwrap();
    let columns = statement.column_count();
    let line = |row: &Row<'_>| {
        let cells = (0..columns).map(|column| Ok(text(row.get(column)?)));
        Ok(cells.collect::<rusqlite::Result<Vec<_>>>()?.join("|"))
    };
    let mut lines: Vec<String> = statement.query_map([], line).unwrap().map(Result::unwrap).collect();
    lines.sort();
    lines
}

fn text(cell: Cell) -> String {
    match cell {
        Cell::Null => "–".to_owned(),
        Cell::Integer(number) => number.to_string(),
        Cell::Real(number) => format!("{number:.6}"),
        Cell::Text(text) => text,
        Cell::Blob(_) => panic!("no blob was asked for"),
    }
}
