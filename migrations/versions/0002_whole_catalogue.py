"""Instruments, values as printed, scales, deprecations."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

JSONB = postgresql.JSONB(none_as_null=True, astext_type=sa.Text())
TEXTS = postgresql.ARRAY(sa.Text())


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    _editions()
    _instruments()
    _memberships()
    _search()
    _rolling_change()
    _answers()
    _changes()


def _editions() -> None:
    """New columns have defaults: processes of the release before go on writing while this one starts."""
    op.add_column("editions", sa.Column("header", JSONB, server_default=sa.text("'{}'"), nullable=False))
    op.add_column("editions", sa.Column("scale", JSONB, nullable=True))
    op.execute(FRAMEWORK_HEADER)
    op.execute("UPDATE editions SET header = framework_header(framework_key)")
    op.execute(NATURAL_ORDER)
    order = sa.Computed("natural_order(key)", persisted=True)
    op.add_column("editions", sa.Column("order_key", sa.Text(collation="C"), order, nullable=False))
    for name in ("baselines", "targets"):
        op.add_column("indicators", sa.Column(name, JSONB, server_default=sa.text("'[]'"), nullable=False))
    for name in ("data_sources", "responsible"):
        op.add_column("indicators", sa.Column(name, TEXTS, server_default=sa.text("'{}'"), nullable=False))
    op.add_column("claims", sa.Column("position", sa.Integer(), server_default=sa.text("0"), nullable=False))
    op.create_table(
        "deprecations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("edition_id", sa.Uuid(), nullable=False),
        sa.Column("ref", sa.Text(), nullable=False),
        sa.Column("successors", TEXTS, nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["editions.id"], name=op.f("fk_deprecations_edition_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deprecations")),
        sa.UniqueConstraint("edition_id", "ref", name=op.f("uq_deprecations_edition_id_ref")),
    )


# The only description of a framework that the release before kept: that of its latest edition.
FRAMEWORK_HEADER = """
CREATE FUNCTION framework_header(framework text) RETURNS jsonb LANGUAGE sql STABLE AS $$
  SELECT jsonb_strip_nulls(jsonb_build_object(
    'key', key, 'kind', kind, 'title', title, 'short_title', short_title, 'body', body, 'adopted', adopted,
    'parent', parent
  )) FROM frameworks WHERE key = framework
$$
"""

# Every number in a key gets as many digits as a key can have. The key itself stands last, so that 2024.9 and
# 2024.09 have an order too.
NATURAL_ORDER = r"""
CREATE FUNCTION natural_order(key text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT regexp_replace(
    regexp_replace(key, '([0-9]+)', repeat('0', 40) || '\1', 'g'), '[0-9]*([0-9]{40})(?![0-9])', '\1', 'g'
  ) || ' ' || key
$$
"""


def _instruments() -> None:
    op.create_table(
        "instruments",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("title", JSONB, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=True),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("framework", sa.Text(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_instruments")),
    )


def _memberships() -> None:
    op.add_column("memberships", sa.Column("entry_into_force", sa.Date(), nullable=True))
    op.add_column("states", sa.Column("administered_by", sa.Text(), nullable=True))
    op.create_foreign_key(
        op.f("fk_states_administered_by"), "states", "states", ["administered_by"], ["iso3"]
    )


def _search() -> None:
    """How entries are made is written here alone: whoever changes it makes all of them anew."""
    op.create_table(
        "search_entries",
        sa.Column("edition_id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("configuration", sa.Text(), nullable=False),
        sa.Column("node", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("themes", TEXTS, nullable=False),
        sa.Column("titles", JSONB, nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=True),
        sa.Column("vector", postgresql.TSVECTOR(), nullable=False),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["editions.id"], name=op.f("fk_search_entries_edition_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("edition_id", "reference", "language", name=op.f("pk_search_entries")),
    )
    op.create_index("ix_search_entries_vector", "search_entries", ["vector"], postgresql_using="gin")
    for statement in (SIMILARITY, SEARCH_CONFIGURATION, SEARCH_FOLD, MAKE_SEARCH_ENTRIES):
        op.execute(sa.text(statement.replace(":", r"\:")))
    op.execute("SELECT make_search_entries(id) FROM editions WHERE status = 'published'")


SIMILARITY = r"""
DO $$ BEGIN
  CREATE EXTENSION IF NOT EXISTS pg_trgm;
EXCEPTION WHEN undefined_file OR feature_not_supported OR insufficient_privilege THEN
  RAISE NOTICE 'without pg_trgm, search finds no words that are spelt alike';
END $$
"""

SEARCH_CONFIGURATION = r"""
CREATE FUNCTION search_configuration(language text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT CASE split_part(language, '-', 1)
    WHEN 'en' THEN 'english' WHEN 'fr' THEN 'french' WHEN 'es' THEN 'spanish' ELSE 'simple'
  END
$$
"""

# Text without case, accents (U+0300 to U+036F once letters are taken apart) and the signs that PostgreSQL
# would take for tags, paths, hosts or hyphenation. The dots in a number such as 5.a.1 become letters: it
# stays one word. Then the endings by which the stemmers know a word get their accents back, whether or not
# they were written. (`translate` would take three times as long.)
SEARCH_FOLD = r"""
CREATE FUNCTION search_fold(configuration text, given text) RETURNS text
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
  bare text := regexp_replace(normalize(given, NFD), '[\u0300-\u036f]+', '', 'g');
  -- Ligatures in both cases: a database whose locale is C knows lower case of a to z only.
  apart text := replace(replace(replace(replace(bare, 'Œ', 'OE'), 'œ', 'oe'), 'Æ', 'AE'), 'æ', 'ae');
  one_form text := replace(lower(apart), 'ß', 'ss');
  words text := regexp_replace(one_form, '[\x01\x02<>&/\\_:;@#~=+*|!''‘’‐-—-]', ' ', 'g');
  numbers text := regexp_replace(words, '(?<=\m\d[\w.]*)\.(?=\w)', 'q', 'g');
  plain text := regexp_replace(numbers, '(?<=\w)\.(?=\w)', ' ', 'g');
BEGIN
  RETURN CASE configuration
    WHEN 'french' THEN regexp_replace(regexp_replace(regexp_replace(
      plain, 'e(es?)\M', 'é\1', 'g'), 'ite(s?)\M', 'ité\1', 'g'), '\ma\M', 'à', 'g')
    WHEN 'spanish' THEN regexp_replace(regexp_replace(
      plain, 'cion\M', 'ción', 'g'), '\mmas\M', 'más', 'g')
    ELSE plain
  END;
END $$
"""

MAKE_SEARCH_ENTRIES = r"""
CREATE FUNCTION make_search_entries(edition uuid) RETURNS void LANGUAGE sql AS $$
  DELETE FROM search_entries WHERE edition_id = edition;
  INSERT INTO search_entries
    (edition_id, reference, language, configuration, node, kind, themes, titles, title, summary, vector)
  WITH document AS (
    SELECT id, framework_key AS key, header, concat_ws(' ', framework_key, header->>'short_title') AS names
    FROM editions WHERE id = edition
  ), nodes (reference, node, kind, themes, titles, summaries, names, context, word) AS (
    SELECT key, 'framework', header->>'kind', '{}'::text[], header->'title', NULL, names, NULL,
      header->>'kind'
    FROM document
    UNION ALL
    SELECT key || ':' || ref, 'provision', kind, themes, title, summary, ref, names, kind
    FROM document JOIN provisions ON edition_id = document.id
    UNION ALL
    SELECT key || ':' || i.ref, 'indicator', i.kind, coalesce(p.themes, '{}'), i.title, NULL, i.ref, names,
      'indicator'
    FROM document JOIN indicators i ON i.edition_id = document.id
    LEFT JOIN provisions p ON p.edition_id = document.id AND p.ref = i.provision_ref
  ), words (word, language, said) AS (VALUES
    ('article', 'es', 'artículo'), ('goal', 'fr', 'objectif'), ('goal', 'es', 'objetivo'),
    ('indicator', 'fr', 'indicateur'), ('indicator', 'es', 'indicador'), ('objective', 'fr', 'objectif'),
    ('objective', 'es', 'objetivo'), ('principle', 'fr', 'principe'), ('principle', 'es', 'principio'),
    ('target', 'fr', 'cible'), ('target', 'es', 'meta')
  )
  SELECT edition, reference, language, c.configuration, node, kind, themes, titles, t.title, t.summary,
    setweight(to_tsvector(c.name, search_fold(c.configuration, coalesce(context, ''))), 'D')
    || setweight(to_tsvector(c.name, search_fold(c.configuration, concat_ws(' ', names, word, said))), 'A')
    || setweight(to_tsvector(c.name, search_fold(c.configuration, t.title)), 'B')
    || setweight(to_tsvector(c.name, search_fold(c.configuration, coalesce(t.summary, ''))), 'C')
  FROM nodes
  CROSS JOIN jsonb_object_keys(titles) AS language
  CROSS JOIN LATERAL (
    SELECT titles->>language AS title, summaries->>language AS summary
  ) AS t
  CROSS JOIN LATERAL search_configuration(language) AS of_language
  CROSS JOIN LATERAL (SELECT of_language AS configuration, of_language::regconfig AS name) AS c
  LEFT JOIN words USING (word, language)
$$
"""


# Waits for the end of the transaction: until then the tree is not whole and the framework not described.
COMPLETE_EDITION = """
CREATE FUNCTION complete_edition() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  UPDATE editions SET header = framework_header(framework_key) WHERE id = NEW.id;
  IF FOUND AND NEW.status = 'published' THEN
    PERFORM make_search_entries(NEW.id);
  END IF;
  RETURN NULL;
END $$
"""


def _rolling_change() -> None:
    """A process of the release before may still publish: it writes neither headers nor search entries."""
    op.execute(COMPLETE_EDITION)
    op.execute(
        "CREATE CONSTRAINT TRIGGER complete_edition AFTER INSERT ON editions DEFERRABLE INITIALLY DEFERRED "
        "FOR EACH ROW WHEN (NEW.header = '{}') EXECUTE FUNCTION complete_edition()"
    )


# `row_to_json` is declared stable because of the types that it might be given; it is immutable for these.
PROVISION_ANSWER = """
CREATE FUNCTION provision_answer(
  ref text, parent text, depth integer, "position" integer, kind text, title jsonb, summary jsonb,
  assessable boolean, themes text[], source text, verified boolean, title_source text
) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT substr(row_to_json(answer)::text, 2) FROM (
    SELECT ref, parent, depth, "position", kind, title, summary, assessable, themes, source, verified,
      title_source, NULL AS deprecated
  ) AS answer
$$
"""


def _answers() -> None:
    """Provisions never change: their JSON is made once. Whoever changes its shape replaces the column."""
    op.execute(PROVISION_ANSWER)
    made = 'provision_answer(ref, parent, depth, "position", kind, title, summary, assessable, themes, '
    made += "source, verified, title_source)"
    answer = sa.Column("answer", sa.Text(), sa.Computed(made, persisted=True), nullable=False)
    op.add_column("provisions", answer)


TABLES = (
    "frameworks", "editions", "provisions", "indicators", "claims", "deprecations", "themes", "instruments",
)  # fmt: skip
"""What answers about the catalogue are made of."""


def _changes() -> None:
    """Every change of the catalogue is told on commit to whoever listens, whoever made it."""
    op.execute(
        "CREATE FUNCTION focalpoint_catalogue_changed() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN PERFORM pg_notify('focalpoint_catalogue', ''); RETURN NULL; END $$"
    )
    for table in TABLES:
        op.execute(
            f"CREATE TRIGGER catalogue_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION focalpoint_catalogue_changed()"
        )


def downgrade() -> None:
    for table in TABLES:
        op.execute(f"DROP TRIGGER catalogue_changed ON {table}")
    op.execute("DROP FUNCTION focalpoint_catalogue_changed()")
    op.drop_column("provisions", "answer")
    op.execute(
        "DROP FUNCTION provision_answer"
        "(text, text, integer, integer, text, jsonb, jsonb, boolean, text[], text, boolean, text)"
    )
    op.execute("DROP TRIGGER complete_edition ON editions")
    op.execute("DROP FUNCTION complete_edition()")
    op.drop_table("search_entries")
    for function in (
        "make_search_entries(uuid)", "search_fold(text, text)", "search_configuration(text)",
    ):  # fmt: skip
        op.execute(f"DROP FUNCTION {function}")
    op.drop_column("states", "administered_by")
    op.drop_column("memberships", "entry_into_force")
    op.drop_table("instruments")
    op.drop_table("deprecations")
    op.drop_column("claims", "position")
    for name in ("responsible", "data_sources", "targets", "baselines"):
        op.drop_column("indicators", name)
    for name in ("order_key", "scale", "header"):
        op.drop_column("editions", name)
    for function in ("natural_order(text)", "framework_header(text)"):
        op.execute(f"DROP FUNCTION {function}")
