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
from nlu.embedded.engine import PATTERNS, EmbeddedInterpreter
from nlu.embedded.fit import Counted, Rows, fitted, scores_of, weighed
from nlu.embedded.key import ANSWERS, CONCEPTS, LANGUAGES, key_of
from nlu.embedded.model import Floats, Model, probabilities
from nlu.interpreter import Thresholds
from nlu.language import LanguageModel
from nlu.normalise import words
from nlu.safety import SafetyPatterns
from nlu.safety.guard import Guard
from nlu.safety.learn import learnt_guard

__all__ = ["engine_of", "folds_of", "key_of", "train", "trained_on"]

FOLDS: Final = 4
_LARGE: Final = 15_000  # rows from which one fold is enough to calibrate on, two for the guard
_FEWEST_INTENTS: Final = 2
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
    if len(intents) < _FEWEST_INTENTS:
        raise CorpusError(f"{data}: at least two intents are needed")
    trained = trained_on(corpus, Concepts.load(CONCEPTS), read_answers(answers, intents))
    trained.about["key"] = key_of(data, answers)
    trained.save(model)
    LanguageModel.learn(LANGUAGES, corpus).save(model)
    return trained


def engine_of(corpus: Sequence[Utterance], answers: Path = ANSWERS) -> EmbeddedInterpreter:
    """An engine in memory, taught these utterances alone: what `evaluate_by_writer` asks for."""
    passages = read_answers(answers, {one.intent for one in corpus})
    model = trained_on(corpus, Concepts.load(CONCEPTS), passages)
    return EmbeddedInterpreter.over(model, LanguageModel.learn(LANGUAGES, corpus))


def trained_on(corpus: Sequence[Utterance], concepts: Concepts, answers: Sequence[Utterance] = ()) -> Model:
    """Utterances, and passages of answers to learn from but not to be judged on -> a calibrated model."""
    every = (*corpus, *answers)
    intents = [one.intent for one in every]
    counted = Counted.of([words(one.text) for one in every], concepts)
    folds = _judged(folds_of(corpus), len(corpus), len(every))
    model, scores, known = _learnt(counted, intents, folds if len(every) < _LARGE else folds[:1])
    model.guard, emergencies = _guard(model, counted, every, folds)
    limits = Thresholds()
    if known.any():
        judged, right = scores[known], np.array([model.intents.index(intent) for intent in intents])[known]
        model.sharpness = sharpness_of(judged, right)
        model.lift = lift_of(judged, right, model.sharpness, _groups(model.intents))
        limits = thresholds_of(probabilities(judged, model.sharpness, model.lift), right, model.intents)
    model.about = {
        "thresholds": {"answer": limits.answer, "suggest": limits.suggest, "margin": limits.margin},
        "utterances": len(corpus), "features": len(model.vocabulary.features), "format": 1,
        "emergencies": emergencies,
    }
    return model


def _guard(model: Model, counted: Counted, every: Sequence[Utterance],
           folds: list[tuple[Rows, Rows]]) -> tuple[Guard | None, dict[str, float]]:
    """The second net for emergencies, over the features and weights of the model, and how well it did."""
    if not any(one.intent.startswith("safety/") for one in every):
        return None, {}
    place = {feature: at for at, feature in enumerate(counted.features)}
    columns = [place[feature] for feature in model.vocabulary.features]
    matrix = weighed(counted.matrix[:, columns], model.vocabulary)
    texts, intents = [one.text for one in every], [one.intent for one in every]
    return learnt_guard(matrix, texts, intents, SafetyPatterns.load(PATTERNS), folds) or (None, {})


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


def _judged(folds: list[tuple[Rows, Rows]], utterances: int, rows: int) -> list[tuple[Rows, Rows]]:
    """The folds to be run: all of a small corpus, two of a large one, which say enough. Answers are always learnt."""
    also = np.arange(utterances, rows)
    return [(np.append(train, also), test) for train, test in (folds if rows < _LARGE else folds[:2])]


def _learnt(
    counted: Counted, intents: Sequence[str], folds: Sequence[tuple[Rows, Rows]]
) -> tuple[Model, Floats, NDArray[np.bool_]]:
    """The model of all rows; scores (rows × intents) by models that had not seen the writer, and who has them."""
    every = np.arange(len(intents))
    jobs = [_later(_fold)(counted, intents, train, test) for train, test in ((every, every[:0]), *folds)]
    workers = min(2, os.cpu_count() or 1) if len(intents) > _WORTH_WORKERS else 1
    (model, _), *judged = Parallel(n_jobs=workers)(jobs)
    scores = np.full((len(intents), len(model.intents)), _UNSEEN_INTENT, dtype=np.float32)
    known = np.zeros(len(intents), dtype=bool)
    for (_, test), (names, rows) in zip(folds, judged, strict=True):
        if names:
            scores[np.ix_(test, [model.intents.index(name) for name in names])] = rows
            known[test] = True
    return model, scores, known


def _fold(counted: Counted, intents: Sequence[str], train: Rows, test: Rows) -> Any:
    """Learns from `train`; (model, scores) without rows to judge, (intents, scores) with them."""
    chosen = [intents[at] for at in train]
    if len(set(chosen)) < _FEWEST_INTENTS:
        return (), np.zeros((0, 0), dtype=np.float32)
    model = fitted(counted, train, chosen)
    return (model.intents, scores_of(model, counted, test)) if test.size else (model, None)


def _groups(intents: Sequence[str]) -> list[int]:
    """Out of scope, small talk, safety and journeys each may be lifted; entries and foreign intents stay."""
    kinds = ("", OUT_OF_SCOPE, "smalltalk", "safety", "journey")
    present = [""] + [kind for kind in kinds[1:] if any(intent.split("/")[0] == kind for intent in intents)]
    return [present.index(kind) if (kind := intent.split("/")[0]) in present else 0 for intent in intents]
