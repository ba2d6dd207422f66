"""The places on the body map: code and name, back and front, as forms and admin list them."""

BACK = [
    ("b-head", "Head"), ("b-neck", "Neck"),
    ("b-l-shoulder", "Left shoulder"), ("b-r-shoulder", "Right shoulder"),
    ("b-upper", "Upper back"), ("b-lower", "Lower back"),
    ("b-l-hip", "Left hip"), ("b-r-hip", "Right hip"),
    ("b-l-thigh", "Left thigh, back"), ("b-r-thigh", "Right thigh, back"),
    ("b-l-calf", "Left calf"), ("b-r-calf", "Right calf"),
]  # fmt: skip
FRONT = [
    ("f-head", "Face and jaw"), ("f-chest", "Chest"),
    ("f-r-arm", "Right arm"), ("f-l-arm", "Left arm"),
    ("f-r-hand", "Right hand"), ("f-l-hand", "Left hand"),
    ("f-r-thigh", "Right thigh, front"), ("f-l-thigh", "Left thigh, front"),
    ("f-r-knee", "Right knee"), ("f-l-knee", "Left knee"),
    ("f-r-foot", "Right foot"), ("f-l-foot", "Left foot"),
]  # fmt: skip
AREAS = BACK + FRONT
NAMES = dict(AREAS)


def names(codes: list[str]) -> list[str]:
    """The places' names in the map's order; an unknown code is left out."""
    return [name for code, name in AREAS if code in codes]
