"""Two components for Rasa's pipeline: our views of a message as its features, and our finder of entities.

Imported by Rasa alone, in its own environment: nothing of ours imports this module.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.extractors.extractor import EntityExtractorMixin
from rasa.nlu.featurizers.sparse_featurizer.sparse_featurizer import SparseFeaturizer
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from scipy import sparse

from nlu.concepts import Concepts
from nlu.embedded.key import CONCEPTS
from nlu.entities import entities_in
from nlu.rasa.views import Views

_Component = DefaultV1Recipe.ComponentType
_sparse: Any = sparse  # untyped at its home


@DefaultV1Recipe.register(_Component.MESSAGE_FEATURIZER, is_trainable=True)
class MessageViews(SparseFeaturizer, GraphComponent):
    """Letters, consonants, words, pairs and concepts as the embedded engine weighs them, one row a message.

    With `tokens: true` (for DIET, after a tokenizer) one row a token as well.
    """

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        return {"alias": "views", "most": 60_000, "scale": 5.0, "tokens": False}

    @classmethod
    def validate_config(cls, config: dict[str, Any]) -> None:
        """Rasa has checked the names already; any number will do."""

    def __init__(self, config: dict[str, Any], storage: ModelStorage, resource: Resource, views: Views | None) -> None:
        super().__init__("views", config)
        self._storage, self._resource, self._views = storage, resource, views

    @classmethod
    def create(
        cls, config: dict[str, Any], model_storage: ModelStorage, resource: Resource, execution_context: ExecutionContext
    ) -> MessageViews:
        return cls(config, model_storage, resource, None)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> MessageViews:
        with model_storage.read_from(resource) as folder:
            return cls(config, model_storage, resource, Views.load(Path(folder)))

    def train(self, training_data: TrainingData) -> Resource:
        texts = [example.get(TEXT) for example in training_data.intent_examples if example.get(TEXT)]
        self._views = Views.learn(texts, Concepts.load(CONCEPTS), self._config["most"], self._config["scale"])
        with self._storage.write_to(self._resource) as folder:
            self._views.save(Path(folder))
        return self._resource

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        self.process(training_data.training_examples)
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            text = message.get(TEXT)
            if text is not None:
                self.add_features_to_message(self._by_token(message), self._row(text), TEXT, message)
        return messages

    def _by_token(self, message: Message) -> Any:
        tokens = message.get("text_tokens")
        return _sparse.vstack([self._row(token.text) for token in tokens]) if tokens and self._config["tokens"] else None

    def _row(self, text: str) -> Any:
        assert self._views is not None
        ids, values = self._views.of(text)
        return _sparse.csr_matrix((values, ids, [0, len(ids)]), shape=(1, self._views.size))


@DefaultV1Recipe.register(_Component.ENTITY_EXTRACTOR, is_trainable=False)
class NamedThings(EntityExtractorMixin, GraphComponent):
    """Countries, towns, ages and numbers, by the same lexicon and rules as the embedded engine."""

    def __init__(self) -> None:
        self._concepts = Concepts.load(CONCEPTS)

    @classmethod
    def create(
        cls, config: dict[str, Any], model_storage: ModelStorage, resource: Resource, execution_context: ExecutionContext
    ) -> NamedThings:
        return cls()

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            found = [
                {"entity": one.kind, "value": one.value, "text": one.text, "start": one.start, "end": one.end}
                for one in entities_in(message.get(TEXT) or "", self._concepts)
            ]
            message.set(ENTITIES, message.get(ENTITIES, []) + self.add_extractor_name(found), add_to_output=True)
        return messages
