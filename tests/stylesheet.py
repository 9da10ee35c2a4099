"""The colours of the stylesheet, as numbers: its custom properties in both themes, and how far two
of them are apart, for all eyes."""

import math
import re
from pathlib import Path

from django.conf import settings

CSS = Path(settings.BASE_DIR, "static", "rollcall.css").read_text()
Linear = tuple[float, float, float]

_RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")
_PROPERTY = re.compile(r"--([\w-]+):\s*(#[0-9a-f]{3,8})\b")


def _rules(text: str) -> dict[str, dict[str, str]]:
    """The custom properties that are colours, by selector."""
    found: dict[str, dict[str, str]] = {}
    for selector, body in _RULE.findall(text):
        if properties := dict(_PROPERTY.findall(body)):
            for one in selector.split(","):
                found.setdefault(one.strip(), {}).update(properties)
    return found


def _theme(text: str) -> tuple[dict[str, str], dict[str, dict[str, str]]]:
    rules = _rules(text)
    grey = rules["[data-colour]"]
    colours = {
        name: grey | properties
        for selector, properties in rules.items()
        for name in re.findall(r'^\[data-colour="([\w-]+)"\]$', selector)
    }
    return rules[":root"], {"grey": grey} | colours


def _block(opening: str) -> str:
    """What stands in the braces after `opening`."""
    start = CSS.index(opening) + len(opening)
    depth, end = 1, start
    while depth:
        depth += {"{": 1, "}": -1}.get(CSS[end], 0)
        end += 1
    return CSS[start : end - 1]


_DARK = "@media (prefers-color-scheme: dark) {"
LIGHT = _theme(re.sub(r"/\*.*?\*/", "", CSS[: CSS.index(_DARK)], flags=re.DOTALL))
DARK = _theme(_block(_DARK))


def linear(colour: str) -> Linear:
    """The light of #rgb or #rrggbb, each channel from 0 to 1."""
    digits = colour.removeprefix("#")
    pairs = [digits[i : i + 2] for i in (0, 2, 4)] if len(digits) >= 6 else [c * 2 for c in digits]
    red, green, blue = (_light(int(pair, 16) / 255) for pair in pairs[:3])
    return red, green, blue


def _light(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4


def contrast(one: str, other: str) -> float:
    """As WCAG 2.2 defines it: 1 to 21."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    red, green, blue = linear(colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


EYES: dict[str, tuple[Linear, Linear, Linear]] = {
    "all cones": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "no red cones": (
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
    "no green cones": (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ),
    "no blue cones": (
        (1.255528, -0.076749, -0.178779),
        (-0.078411, 0.930809, 0.147602),
        (0.004733, 0.691367, 0.303900),
    ),
}
"""What eyes make of linear light (Machado, Oliveira and Fernandes 2009, severity 1.0)."""


def difference(one: str, other: str, eyes: str) -> float:
    """How far apart two colours look (CIE 1976 ΔE): about 2 is just seen, 10 at a glance."""
    return math.dist(_lab(one, eyes), _lab(other, eyes))


def _lab(colour: str, eyes: str) -> Linear:
    light = linear(colour)
    red, green, blue = (
        min(1.0, max(0.0, sum(a * b for a, b in zip(row, light, strict=True))))
        for row in EYES[eyes]
    )
    x = (0.4124 * red + 0.3576 * green + 0.1805 * blue) / 0.95047
    y = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    z = (0.0193 * red + 0.1192 * green + 0.9505 * blue) / 1.08883
    fx, fy, fz = (v ** (1 / 3) if v > 0.008856 else 7.787 * v + 16 / 116 for v in (x, y, z))
    return 116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)
