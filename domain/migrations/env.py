"""Alembic's entry: one transaction, batch mode on SQLite, foreign keys off while tables are rebuilt."""

from alembic import context
from sqlalchemy import create_engine, event, pool

from domain.models import Base

engine = create_engine(context.config.attributes["url"], poolclass=pool.NullPool)
if engine.dialect.name == "sqlite":
    # What a table held before it was rebuilt is overwritten, not only let go.
    event.listen(engine, "connect", lambda connection, _: connection.execute("PRAGMA secure_delete=ON"))
with engine.connect() as connection:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=connection.dialect.name == "sqlite",
        compare_type=True,
        transactional_ddl=True,
    )
    with context.begin_transaction():
        context.run_migrations()
    connection.commit()
engine.dispose()
