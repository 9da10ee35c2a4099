"""Giving a floor the words of the product that its people come from."""

from presence import actions
from presence.catalogue import CATALOGUE, VOCABULARIES, Vocabulary, Word
from presence.models import Agent, Floor, Status
from presence.writing import write


def load(name: str, actor: int | None = None) -> Vocabulary:
    """Set labels, selectable statuses and the login policy of vocabulary `name`.

    Statuses that the vocabulary does not have stop being selectable; nobody loses the mode they
    are in, and an admin's own statuses stay as they are. Raises `KeyError` for an unknown name.
    """
    vocabulary = VOCABULARIES[name]
    with write():
        for row in CATALOGUE:
            word = vocabulary.selectable.get(row.code) or vocabulary.derived.get(row.code, Word())
            status = Status.objects.get(pk=row.code)
            status.label = word.label or row.label
            status.selectable = row.code in vocabulary.selectable
            status.reason_policy = word.reasons or row.reasons
            status.save(update_fields=["label", "selectable", "reason_policy"])
        Floor.objects.update_or_create(
            pk=1, defaults={"vocabulary": name, "login_policy": vocabulary.login}
        )
        actions.refresh(Agent.objects.values_list("pk", flat=True), actor)
    return vocabulary
