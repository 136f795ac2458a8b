"""Simple engines to compare with: what a day's work would give."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.naive_bayes import ComplementNB
from sklearn.svm import LinearSVC

from nlu.corpus import Utterance
from nlu.interpreter import RANKED, Parse, Ranked
from nlu.normalise import fold

_KEYWORDS: Final = 40
_weigher: Any = TfidfVectorizer  # untyped at their homes
_separator: Any = LinearSVC
_bayes: Any = ComplementNB


class Plain:
    """A vectoriser and a classifier of scikit-learn as an interpreter; confidence is the softmax of its scores."""

    def __init__(self, vectoriser: Any, classifier: Any, corpus: Sequence[Utterance]) -> None:
        self._vectoriser, self._classifier = vectoriser, classifier
        classifier.fit(vectoriser.fit_transform([one.text for one in corpus]), [one.intent for one in corpus])
        self._scores = getattr(classifier, "decision_function", None) or classifier.predict_joint_log_proba

    def parse(self, text: str) -> Parse:
        scores = self._scores(self._vectoriser.transform([text]))[0]
        return _parse(text, self._classifier.classes_, scores)


def letters(corpus: Sequence[Utterance]) -> Plain:
    """Character n-grams within words and a linear separator."""
    return Plain(
        _weigher(analyzer="char_wb", ngram_range=(2, 4), sublinear_tf=True, min_df=2), _separator(tol=0.1, random_state=1), corpus
    )


def bayes(corpus: Sequence[Utterance]) -> Plain:
    """Words and naive Bayes."""
    return Plain(_weigher(token_pattern=r"\S+", lowercase=True), _bayes(), corpus)


class Keywords:
    """The forty most telling words of each intent, counted."""

    def __init__(self, corpus: Sequence[Utterance]) -> None:
        counts: dict[str, Counter[str]] = defaultdict(Counter)
        for one in corpus:
            counts[one.intent].update(set(fold(one.text).split()))
        total = Counter(word for words in counts.values() for word in words.elements())
        self._intents = np.array(sorted(counts))
        self._telling: dict[str, list[tuple[int, float]]] = defaultdict(list)
        for at, intent in enumerate(self._intents.tolist()):
            worth = {word: times * times / total[word] for word, times in counts[intent].items()}
            for word in sorted(worth, key=lambda one: (-worth[one], one))[:_KEYWORDS]:
                self._telling[word].append((at, counts[intent][word] / total[word]))

    def parse(self, text: str) -> Parse:
        scores = np.zeros(len(self._intents))
        for word in fold(text).split():
            for at, share in self._telling.get(word, ()):
                scores[at] += share
        return _parse(text, self._intents, scores)


def _parse(text: str, intents: Any, scores: Any) -> Parse:
    grown = np.exp(scores - scores.max())
    sure = grown / grown.sum()
    best = np.argsort(-sure, kind="stable")[:RANKED]
    ranking = tuple(Ranked(str(intents[at]), float(sure[at])) for at in best)
    return Parse(text, ranking[0], ranking)
