"""Trains the embedded engine from a folder of NLU YAML, the same bytes from the same data."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from sklearn.utils.parallel import Parallel, delayed

from nlu.answers import read_answers
from nlu.concepts import Concepts
from nlu.corpus import OUT_OF_SCOPE, CorpusError, Utterance, read_corpus
from nlu.embedded.calibrate import lift_of, sharpness_of, thresholds_of
from nlu.embedded.fit import Counted, Rows, fitted, scores_of
from nlu.embedded.key import ANSWERS, CONCEPTS, LANGUAGES, key_of
from nlu.embedded.model import Floats, Model, probabilities
from nlu.interpreter import Thresholds
from nlu.language import LanguageModel
from nlu.normalise import words

__all__ = ["folds_of", "key_of", "train", "trained_on"]

FOLDS: Final = 4
_WORTH_WORKERS: Final = 2000  # rows below which starting a process costs more than it saves
_later: Any = delayed  # untyped at its home
_UNSEEN_INTENT: Final = -3.0  # the score of an intent that a fold holds no example of


def train(data: Path, model: Path, answers: Path = ANSWERS) -> Model:
    """Trains on all NLU YAML below `data`, writes the model into the folder `model` and returns it.

    The answers of the entries that `data` names are read along. Raises CorpusError where the data cannot be read
    or names fewer than two intents.
    """
    corpus = read_corpus(data)
    intents = {one.intent for one in corpus}
    if len(intents) < 2:
        raise CorpusError(f"{data}: at least two intents are needed")
    trained = trained_on(corpus, Concepts.load(CONCEPTS), read_answers(answers, intents))
    trained.about["key"] = key_of(data, answers)
    trained.save(model)
    LanguageModel.learn(LANGUAGES, corpus).save(model)
    return trained


def trained_on(corpus: Sequence[Utterance], concepts: Concepts, answers: Sequence[Utterance] = ()) -> Model:
    """Utterances, and passages of answers to learn from but not to be judged on -> a calibrated model."""
    every = (*corpus, *answers)
    counted = Counted.of([words(one.text) for one in every], concepts)
    model = fitted(counted, np.arange(len(every)), [one.intent for one in every])
    scores, known = unseen_scores(corpus, answers, counted, model.intents)
    intents = [one.intent for one in corpus]
    right = np.array([model.intents.index(intent) for intent in intents])
    limits = Thresholds()
    if known.any():
        model.sharpness = sharpness_of(scores[known], right[known])
        model.lift = lift_of(scores[known], right[known], model.sharpness, _groups(model.intents))
        sure = probabilities(scores[known], model.sharpness, model.lift)
        limits = thresholds_of(sure, right[known], model.intents)
    model.about = {
        "thresholds": {"answer": limits.answer, "suggest": limits.suggest, "margin": limits.margin},
        "utterances": len(corpus), "features": len(model.vocabulary.features), "format": 1,
    }
    return model


def folds_of(corpus: Sequence[Utterance]) -> list[tuple[Rows, Rows]]:
    """(train, test) row numbers: no writer is in both; where no writer is told, each utterance is one of its own.

    Writers of one intent and variety are dealt out in turn, so that every fold holds some of all.
    """
    order = sorted(range(len(corpus)), key=lambda at: (corpus[at].intent, corpus[at].variety, corpus[at].writer, at))
    groups = [corpus[at].writer or f"#{at}" for at in range(len(corpus))]
    fold_of = {group: turn % FOLDS for turn, group in enumerate(dict.fromkeys(groups[at] for at in order))}
    folds = np.array([fold_of[group] for group in groups])
    present = sorted(set(fold_of.values()))
    return [(np.flatnonzero(folds != fold), np.flatnonzero(folds == fold)) for fold in present if len(present) > 1]


def unseen_scores(
    corpus: Sequence[Utterance], answers: Sequence[Utterance], counted: Counted, intents: Sequence[str]
) -> tuple[Floats, NDArray[np.bool_]]:
    """Scores (utterances × intents) given by models that had not seen the writer, and which rows have them.

    `counted` holds the utterances first, then the answers.
    """
    scores = np.full((len(corpus), len(intents)), _UNSEEN_INTENT, dtype=np.float32)
    known = np.zeros(len(corpus), dtype=bool)
    meant = [one.intent for one in (*corpus, *answers)]
    also = np.arange(len(corpus), len(meant))
    jobs = [_later(_fold_scores)(np.append(train, also), test, counted, meant) for train, test in folds_of(corpus)]
    workers = min(2, os.cpu_count() or 1) if len(meant) > _WORTH_WORKERS else 1
    for test_rows, names, rows in Parallel(n_jobs=workers)(jobs):
        columns = [intents.index(name) for name in names]
        scores[np.ix_(test_rows, columns)] = rows
        known[test_rows] = True
    return scores, known


def _fold_scores(train_rows: Rows, test_rows: Rows, counted: Counted, intents: Sequence[str]) -> Any:
    chosen = [intents[at] for at in train_rows]
    if len(set(chosen)) < 2:
        return test_rows[:0], (), np.zeros((0, 0), dtype=np.float32)
    model = fitted(counted, train_rows, chosen)
    return test_rows, model.intents, scores_of(model, counted, test_rows)


def _groups(intents: Sequence[str]) -> list[int]:
    """Out of scope, small talk, safety and journeys each may be lifted; entries and foreign intents stay."""
    kinds = ("", OUT_OF_SCOPE, "smalltalk", "safety", "journey")
    present = [""] + [kind for kind in kinds[1:] if any(intent.split("/")[0] == kind for intent in intents)]
    return [present.index(kind) if (kind := intent.split("/")[0]) in present else 0 for intent in intents]
