"""Conversions between units of the same quantity."""

# Each unit as (quantity, factor to the first unit of its quantity, offset before the factor).
UNITS: dict[str, tuple[str, float, float]] = {
    "m": ("length", 1.0, 0.0),
    "km": ("length", 1000.0, 0.0),
    "mi": ("length", 1609.344, 0.0),
    "kg": ("mass", 1.0, 0.0),
    "lb": ("mass", 0.45359237, 0.0),
    "C": ("temperature", 1.0, 0.0),
    "K": ("temperature", 1.0, -273.15),
    "F": ("temperature", 5 / 9, -32.0),
}


class NotConvertible(Exception):
    """An unknown unit, or two of different quantities. The message is for the caller."""


def convert(value: float, source: str, target: str) -> float:
    """`value` in `source` as a value in `target`. Raises NotConvertible."""
    for unit in (source, target):
        if unit not in UNITS:
            raise NotConvertible(f"unknown unit {unit!r}: it is one of {', '.join(UNITS)}")
    quantity, factor, offset = UNITS[source]
    other, target_factor, target_offset = UNITS[target]
    if quantity != other:
        raise NotConvertible(f"{source} measures {quantity}, {target} measures {other}")
    return (value + offset) * factor / target_factor - target_offset
