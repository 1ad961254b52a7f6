//! Whatever the values are, the structure stays the template's and every filled scalar stays a string.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::print_stderr,
    reason = "a test fails by panicking, and says what it skips"
)]

use harness_cd_template::{Template, Values};
use harness_cd_yaml::{Node, Value, parse_text};
use proptest::prelude::*;

fn values(pairs: &[(&str, &str)]) -> Values {
    pairs
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect()
}

#[track_caller]
fn renders(template: &str, value: &str, expected: &str) {
    let rendered = Template::parse("t.yaml", template)
        .unwrap()
        .render(&values(&[("X", value)]))
        .unwrap();
    assert_eq!(rendered, expected, "{template:?} with {value:?}");
}

#[test]
fn a_scalar_keeps_its_style_where_it_can() {
    renders("a: {{X}} # c\n", "pay", "a: pay # c\n");
    renders("a: {{X}}\n", "yes", "a: \"yes\"\n");
    renders("a: {{X}}\n", "1.0", "a: \"1.0\"\n");
    renders("a: v{{X}}\n", "1.0", "a: v1.0\n");
    renders("a: x-{{X}}\n", "b: c #d", "a: \"x-b: c #d\"\n");
    renders("- {{X}}\n", "null", "- \"null\"\n");
    renders("[{{X}}, b]\n", "a, c", "[\"a, c\", b]\n");
    renders("a: {{X}}\n", "a, c", "a: a, c\n");
    renders("a: '{{X}}'\n", "it's", "a: 'it''s'\n");
    renders("a: 'it''s {{X}}'\n", "a\nb", "a: \"it's a\\nb\"\n");
    renders("a: \"{{X}}\\n\"\n", "\"\\", "a: \"\\\"\\\\\\n\"\n");
    renders("{{X}}: 1\n", "true", "\"true\": 1\n");
    renders("a: one\n  {{X}}\n", "two", "a: one\n  two\n");
    renders("a: one\n  {{X}}\n", "", "a: \"one \"\n");
    renders("a: \"\\/{{X}}\"\n", "\"", "a: \"\\/\\\"\"\n");
    renders("a: 'ZZXZZ {{X}}'\n", "p\nq", "a: \"ZZXZZ p\\nq\"\n");
}

#[test]
fn a_comma_parts_nothing_inside_brackets() {
    for (template, rendered) in [
        ("[{{X}}, b]\n", "[\"a,c\", b]\n"),
        ("{ k: {{X}} }\n", "{ k: \"a,c\" }\n"),
        ("{ {{X}}: b }\n", "{ \"a,c\": b }\n"),
        ("[[{{X}}], { k: x-{{X}} }]\n", "[[\"a,c\"], { k: \"x-a,c\" }]\n"),
        ("a: {{X}}\n{{X}}: b\n", "a: a,c\na,c: b\n"),
    ] {
        renders(template, "a,c", rendered);
    }
}

#[test]
fn a_block_keeps_its_indentation() {
    renders(
        "a:\n  b: |\n    one {{X}}\n    two\n# end\n",
        "x\ny",
        "a:\n  b: |\n    one x\n    y\n    two\n# end\n",
    );
    renders("a: |-\n  {{X}}\n\n# c\nb: 1\n", " lead", "a: \" lead\"\n\n# c\nb: 1\n");
    renders("a: >\n  {{X}}\n  two\n", "p\nq", "a: \"p\\nq two\\n\"\n");
    renders("a: |\n  {{X}}\n", "", "a: \"\\n\"\n");
    renders("a: >\n  {{X}} b\n  c\n", "x: y", "a: >\n  x: y b\n  c\n");
    renders("a: |\n\n  one {{X}}\n", "x\ny", "a: |\n\n  one x\n  y\n");
}

#[test]
fn expressions_and_comments_pass() {
    for text in [
        "a: <+pipeline.variables.{{X}}>\n",
        "a: <+x < {{X}}>\n",
        "a: ${{ inputs.{{X}} }}\n",
        "# {{X}}\na: 1\n",
        "a: \"{{ .Values.image }}\"\n",
        "a: <+input>.allowedValues(a,b)\n",
    ] {
        renders(text, "v", text);
    }
    renders("a: <+a.<+b>> == \"{{X}}\"\n", "v", "a: <+a.<+b>> == \"v\"\n");
}

#[test]
fn braces_of_other_languages_pass() {
    let go = "a: |\n  {{ if .Values.x }}{{ .Values.image }}{{ end }}\n  {{- range $i, $e := .List }}\n";
    renders(go, "v", go);
    let not_in_capitals = "a: '{{1}} {{x}} {{Xx}} {{_X}}'\n";
    renders(not_in_capitals, "v", not_in_capitals);
    renders("a: |\n  {{\"{{\"}}X}} {{X}}\n", "v", "a: |\n  {{X}} v\n");
    renders("a: x {{\"{{\"}}X}} # c\n", "v", "a: x {{X}} # c\n");
    renders("a: {{\"{{\"}}X}}\n", "v", "a: \"{{X}}\"\n");
    renders("a: \"{{\"{{\"}}X}} {{X}}\"\n", "\"", "a: \"{{X}} \\\"\"\n");
    renders("a: <+x == \"{{\"{{\"}}\">\n", "v", "a: <+x == \"{{\"{{\"}}\">\n");
}

#[test]
fn a_sample_stands_where_its_placeholder_does() {
    let text = "# {{X}}\n{{X}}: [a, b-{{X}}]\nz: <+a.{{X}}> == {{Y}}\nt: \"{{X}}\"\n";
    let template = Template::parse("t.yaml", text).unwrap();
    assert_eq!(template.names().collect::<Vec<_>>(), ["X", "Y"]);
    let document = template.sample(|name| (name == "X").then(|| "1".to_owned()));
    let items: Vec<_> = document.root.get("1").unwrap().items().collect();
    assert_eq!((items[1].as_str().unwrap(), items[1].range.column), ("b-1", 12));
    assert_eq!(document.root.get("z").unwrap().as_str(), Some("<+a.{{X}}> == {{Y}}"));
    assert_eq!(document.root.get("t").unwrap().as_str(), Some("1"));
    assert!(document.root.entries().next().unwrap().key.as_str().is_some());
}

#[test]
fn every_placeholder_without_a_value_is_named_with_its_place() {
    let template = Template::parse("templates/t.yaml", "a: é {{SERVICE_NAM}}\nb: [\"{{TEAM}}\", {{ZZZ}}]\n").unwrap();
    let findings = template
        .render(&values(&[("SERVICE_NAME", "a"), ("TEAM", "b")]))
        .unwrap_err();
    assert_eq!(template.file(), "templates/t.yaml");
    assert!(findings.iter().all(|finding| finding.file == "templates/t.yaml"));
    let found: Vec<_> = findings
        .iter()
        .map(|f| {
            (
                f.pointer.as_str(),
                f.range.line,
                f.range.column,
                f.message.as_str(),
                f.hint.as_deref().unwrap(),
            )
        })
        .collect();
    assert_eq!(
        found,
        [
            (
                "/a",
                1,
                6,
                "the placeholder `{{SERVICE_NAM}}` has no value",
                "did you mean `{{SERVICE_NAME}}`?"
            ),
            (
                "/b/1",
                2,
                17,
                "the placeholder `{{ZZZ}}` has no value",
                "known: SERVICE_NAME, TEAM"
            ),
        ]
    );
}

#[test]
fn values_that_make_two_keys_equal_are_refused() {
    let template = Template::parse("t.yaml", "{{X}}: 1\n{{Y}}: 2\n").unwrap();
    let findings = template.render(&values(&[("X", "k"), ("Y", "k")])).unwrap_err();
    assert_eq!(findings[0].code, "HCD0010");
}

#[test]
fn what_is_no_yaml_is_refused_with_the_templates_position() {
    let findings = Template::parse("t.yaml", "x: {{X}}\na: [{{X}}\nb: 1\n").unwrap_err();
    let place = (findings[0].range.line, findings[0].range.column);
    assert_eq!((findings[0].code.as_str(), place), ("HCD0004", (2, 4)));
}

/// Every style and context in which a placeholder can stand.
const EVERYWHERE: &str = r#"# {{X}} stays
plain: {{X}}
inside: a-{{X}}-b
expression: <+a> == "{{X}}" && <+b.{{X}}>
two: {{X}}{{Y}}
single: 'q'' {{X}}'
double: "q\" {{X}} \u0041"
list:
- {{X}}
-   - nested {{Y}}  # comment
flow: [a, {{X}}, 'b {{Y}}', {k: {{X}}}]
folded lines: one
  {{X}}
  three
quoted lines: "one
  {{X}} two \
  three {{Y}}"
single lines: 'one
  {{X}}

  two'
literal: |
  first {{X}}
    deeper
  {{Y}}
alone: |-
      {{X}}

keep: |+
  {{Y}} end

folding: >-
  {{X}}
  some {{Y}}
  text
stated: |2
    {{X}}
  b
braces: {{"{{"}}X}} {{X}}
telling: {{X}}-service
numeric: 1{{X}}e{{Y}}
after: end
"#;

fn fill(node: &Node, x: &str, y: &str, out: &mut Vec<(String, bool)>) {
    match &node.value {
        Value::Scalar(scalar) => {
            let text = scalar
                .text
                .replace("<+b.QQXQQ>", "<+b.{{X}}>")
                .replace("QQBQQ", "{{")
                .replace("QQXQQ", x)
                .replace("QQYQQ", y);
            out.push((text, node.as_str().is_some()));
        }
        Value::Sequence(items) => items.iter().for_each(|item| fill(item, x, y, out)),
        Value::Mapping(entries) => entries.iter().for_each(|entry| {
            fill(&entry.key, x, y, out);
            fill(&entry.value, x, y, out);
        }),
    }
}

#[track_caller]
fn stays_itself(x: &str, y: &str) {
    stays_itself_in(EVERYWHERE, x, y);
}

#[track_caller]
fn stays_itself_in(template: &str, x: &str, y: &str) {
    let rendered = Template::parse("t", template)
        .unwrap()
        .render(&values(&[("X", x), ("Y", y)]))
        .unwrap();
    let marked = template
        .replace("{{\"{{\"}}", "QQBQQ")
        .replace("{{X}}", "QQXQQ")
        .replace("{{Y}}", "QQYQQ");
    let (mut expected, mut found) = (Vec::new(), Vec::new());
    fill(&parse_text("t", &marked).unwrap().root, x, y, &mut expected);
    // A long value is shown by its beginning.
    let shown: String = rendered.chars().take(10_000).collect();
    let document = parse_text("t", &rendered).unwrap_or_else(|e| panic!("{e:?}\n{shown}"));
    fill(&document.root, "", "", &mut found);
    assert!(found == expected, "{x:.40?} {y:.40?}\n{shown}");
    assert!(rendered.starts_with("# {{X}} stays"));
}

#[test]
fn known_hostile_values() {
    let hostile = [
        "",
        " ",
        "yes",
        "No",
        "null",
        "~",
        "1",
        "1.0",
        "1e3",
        "0x1",
        "1:30",
        "2024-01-01",
        "true",
        ": ",
        "a: b",
        "a:",
        "#",
        " #c",
        "- a",
        "-",
        "?",
        "'",
        "''",
        "\"",
        "\\",
        "\\n",
        "a\nb",
        "\n",
        "\n\n",
        "a\n",
        "\na",
        "a\n\nb",
        " a\n b",
        "a\n  b\nc",
        "a\r\nb",
        "\r",
        "\t",
        "a\tb",
        "\u{0}",
        "\u{85}",
        "\u{2028}",
        "\u{feff}",
        "---",
        "...",
        "a\n---\nb",
        "{",
        "}",
        "[",
        "]",
        ",",
        "{{X}}",
        "{{Y}}",
        "${{ a }}",
        "<+a>",
        "<+",
        ">",
        "|",
        "&a",
        "*a",
        "!a",
        "%a",
        "@a",
        "`a",
        "é𝄞",
        "=",
        "<<",
        ".inf",
        "a ",
        "\u{1F600}\n# x",
    ];
    let with_carriage_returns = EVERYWHERE.replace('\n', "\r\n");
    for x in hostile {
        for y in hostile.iter().step_by(9) {
            stays_itself(x, y);
            stays_itself_in(&with_carriage_returns, x, y);
        }
    }
}

#[test]
fn a_megabyte_stays_itself() {
    for value in ["a: b\n", "é #"] {
        stays_itself(&value.repeat((1 << 20) / value.len()), "y");
    }
}

/// How many cases a property is tried with; `HARNESS_CD_CASES` asks for more.
fn config() -> ProptestConfig {
    let cases = std::env::var("HARNESS_CD_CASES")
        .ok()
        .and_then(|cases| cases.parse().ok());
    ProptestConfig {
        cases: cases.unwrap_or(4_000),
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn any_value_stays_itself(
        x in "[ a1:\\-\n\r\t'\"|>#&*!{}\\[\\],?%\\\\é𝄞<+.~yn=]{0,12}|\\PC{0,12}|(?s:.{0,6})",
        y in "[ a1:\\-\n'\"#]{0,6}|[a-z]{1,8}|[0-9a-fx._+-]{1,6}|[a-z0-9,./_-]{1,8}",
    ) {
        stays_itself(&x, &y);
    }

    #[test]
    fn no_template_panics(text in "[ a:\\-\n'\"|>#{}\\[\\]X<+$é]{0,40}|(a: )?(\\{\\{X\\}\\}|[|>]\n  |'|\"|[ a\n#-]){0,10}") {
        if let Ok(template) = Template::parse("t", &text) {
            let _ = template.render(&values(&[("X", "a: b\n c")]));
        }
    }
}
