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
from nlu.embedded.engine import PATTERNS, SAFETY, EmbeddedInterpreter
from nlu.embedded.fit import LARGE, Counted, Rows, fitted, scores_of, vocabulary_of, weighed
from nlu.embedded.key import ANSWERS, CONCEPTS, LANGUAGES, key_of
from nlu.embedded.model import Model, probabilities
from nlu.embedded.vocabulary import Floats
from nlu.interpreter import Thresholds
from nlu.language import LanguageModel
from nlu.normalise import words
from nlu.safety import SafetyPatterns
from nlu.safety.guard import Guard
from nlu.safety.learn import learnt_guard

__all__ = ["engine_of", "folds_of", "key_of", "train", "trained_on"]

FOLDS: Final = 4
_SOME: Final = 2000  # rows from which two folds are enough to calibrate on; of a large corpus one is, and two for the guard
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
    """Utterances, and passages of answers to learn from but not to be judged on -> a calibrated model.

    Emergencies are told by the guard alone, where the data has enough of them to learn one: the classifier is then not
    taught them, since what people say in danger is made of the words of everyday stories.
    """
    every = (*corpus, *answers)
    intents = [one.intent for one in every]
    counted = Counted.of([words(one.text) for one in every], concepts)
    guarded = can_be_learnt(intents)
    ordinary = np.array([not (guarded and intent.startswith(SAFETY)) for intent in intents])
    folds = _judged(folds_of(corpus), len(corpus), len(every))
    model, scores, known, guard = _learnt(counted, every, len(corpus), ordinary, folds, guarded)
    model.guard, emergencies = guard or (None, {})
    limits = Thresholds()
    if known.any():
        judged = scores[known]
        right = np.array([model.intents.index(intent) for intent, held in zip(intents, known, strict=True) if held])
        model.sharpness = sharpness_of(judged, right)
        model.lift = lift_of(judged, right, model.sharpness, _groups(model.intents))
        limits = thresholds_of(probabilities(judged, model.sharpness, model.lift), right, model.intents)
    model.about = {
        "thresholds": {"answer": limits.answer, "suggest": limits.suggest, "margin": limits.margin},
        "utterances": len(corpus),
        "features": len(model.vocabulary.features),
        "format": 1,
        "emergencies": emergencies,
    }
    return model


def _guard(
    counted: Counted, every: Sequence[Utterance], subjects: int, folds: list[tuple[Rows, Rows]]
) -> tuple[Guard, dict[str, float]] | None:
    """The net for emergencies, over the features and weights of the model, and how well it did."""
    texts, intents = [one.text for one in every], [one.intent for one in every]
    vocabulary, columns = vocabulary_of(counted, np.arange(len(every)), subjects)
    matrix = weighed(counted.matrix[:, columns], vocabulary)
    return learnt_guard(matrix, texts, intents, SafetyPatterns.load(PATTERNS), folds)


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
    """The folds to be run: all of a very small corpus, else two, which say enough. Answers are always learnt."""
    also = np.arange(utterances, rows)
    return [(np.append(train, also), test) for train, test in (folds if rows < _SOME else folds[:2])]


def _learnt(
    counted: Counted,
    every: Sequence[Utterance],
    passages: int,
    ordinary: NDArray[np.bool_],
    folds: list[tuple[Rows, Rows]],
    guarded: bool,
) -> tuple[Model, Floats, NDArray[np.bool_], Any]:
    """The model of the ordinary rows; scores (rows × intents) by models that had not seen the writer, and who has them;
    and the guard, if there is to be one."""
    intents = [one.intent for one in every]
    rows = np.arange(len(every))
    judged = folds if len(every) < LARGE else folds[:1]
    runs = ((rows, rows[:0]), *judged)
    jobs = [_later(_fold)(counted, intents, passages, ordinary, train, test) for train, test in runs]
    if guarded:
        subjects = len({intent for intent, held in zip(intents, ordinary, strict=True) if held})
        jobs.append(_later(_guard)(counted, every, subjects, folds))
    workers = min(2, os.cpu_count() or 1) if len(intents) > _WORTH_WORKERS else 1
    done = Parallel(n_jobs=workers)(jobs)
    model: Model = done[0][0]
    scores = np.full((len(intents), len(model.intents)), _UNSEEN_INTENT, dtype=np.float32)
    known = np.zeros(len(intents), dtype=bool)
    for names, test, found in done[1 : 1 + len(judged)]:
        if names:
            scores[np.ix_(test, [model.intents.index(name) for name in names])] = found
            known[test] = True
    return model, scores, known, done[-1] if guarded else None


def _fold(counted: Counted, intents: Sequence[str], passages: int, ordinary: NDArray[np.bool_], train: Rows, test: Rows) -> Any:
    """Learns from what is ordinary in `train`; (model,) without rows to judge, (intents, rows, scores) with them."""
    chosen = train[ordinary[train]]
    labels = [intents[at] for at in chosen]
    if len(set(labels)) < _FEWEST_INTENTS:
        return (), test, None
    model = fitted(counted, chosen, labels, train, passages)
    test = test[ordinary[test]]
    return (model.intents, test, scores_of(model, counted, test)) if test.size else (model,)


def can_be_learnt(intents: Sequence[str]) -> bool:
    """Whether there are emergencies of two kinds at least, and something else."""
    return len({intent for intent in intents if intent.startswith(SAFETY)}) > 1 and not all(
        intent.startswith(SAFETY) for intent in intents
    )


def _groups(intents: Sequence[str]) -> list[int]:
    """Out of scope, small talk, safety and journeys each may be lifted; entries and foreign intents stay."""
    kinds = ("", OUT_OF_SCOPE, "smalltalk", "safety", "journey")
    present = [""] + [kind for kind in kinds[1:] if any(intent.split("/")[0] == kind for intent in intents)]
    return [present.index(kind) if (kind := intent.split("/")[0]) in present else 0 for intent in intents]
