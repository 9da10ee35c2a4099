"""Telling rows apart whose names differ only in case, before the database refuses such names."""


def tell_apart(model):
    """Keep the oldest row's name and number the others: `sales`, then `Sales (2)`. None is merged
    or lost."""
    longest = model._meta.get_field("name").max_length
    taken = set()
    for row in model.objects.order_by("pk"):
        name, number = row.name, 1
        while row.name.lower() in taken:
            number += 1
            suffix = f" ({number})"
            row.name = name[: longest - len(suffix)] + suffix
        taken.add(row.name.lower())
        if row.name != name:
            row.save(update_fields=["name"])
