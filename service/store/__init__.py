"""Store: SQLAlchemy Core and Alembic."""
