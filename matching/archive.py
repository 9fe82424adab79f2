"""A fitted model as bytes and back: a compressed archive of plain arrays, read without pickle."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from matching.affinity import AffinityModel, Tier
from matching.content import Lexicon
from matching.signals import Learned, Strengths, Words

FORMAT = 2
_MAPS = ("places", "popularity", "recent", "ridge", "base", "item", "joint")

Arrays = dict[str, NDArray[Any]]


class ArchiveError(ValueError):
    """These bytes are no model of ours, or of a format this release does not read."""


def to_npz(model: AffinityModel) -> bytes:
    """Return the model as an npz archive, maps in single precision; equal models give equal bytes."""
    learned, words = model.learned, model.learned.words
    facts = {
        "format": FORMAT,
        "groups": model.groups,
        "strengths": asdict(model.strengths),
        "cold": asdict(model.cold),
        "warm": asdict(model.warm),
        "people": learned.people,
        "scale": learned.scale,
        "weight": learned.weight,
        "content": words.content.terms,
        "declared": words.declared.terms,
    }
    arrays: Arrays = {name: getattr(learned, name).astype(np.float32) for name in _MAPS}
    arrays |= {
        "facts": np.frombuffer(json.dumps(facts, sort_keys=True).encode(), dtype=np.uint8),
        "content_rarity": np.array(words.content.rarity),
        "declared_rarity": np.array(words.declared.rarity),
        "alike": words.alike.astype(np.float32),
        "group_values": words.groups.data.astype(np.float32),
        "group_columns": words.groups.indices.astype(np.int32),
        "group_rows": words.groups.indptr.astype(np.int32),
    }
    buffer = io.BytesIO()
    np.savez_compressed(buffer, allow_pickle=False, **arrays)
    return buffer.getvalue()


def from_npz(data: bytes) -> AffinityModel:
    """Return the model in an archive made by :func:`to_npz`; raises ArchiveError for anything else."""
    try:
        with np.load(io.BytesIO(data), allow_pickle=False) as archive:
            arrays = {name: archive[name] for name in archive.files}
        facts = json.loads(bytes(arrays["facts"]))
    except (ValueError, OSError, KeyError, EOFError, BadZipFile) as problem:
        raise ArchiveError("these bytes are no affinity model") from problem
    if facts.get("format") != FORMAT:
        raise ArchiveError(f"this model has format {facts.get('format')}, not {FORMAT}")
    return AffinityModel(
        groups=tuple(facts["groups"]),
        learned=_learned(arrays, facts),
        strengths=Strengths(**facts["strengths"]),
        cold=Tier(**facts["cold"]),
        warm=Tier(**facts["warm"]),
    )


def version_of(data: bytes) -> str:
    """Return the name a run gives to the model in these bytes: a digest, so equal models have one version."""
    return hashlib.sha256(data).hexdigest()[:16]


def _learned(arrays: Arrays, facts: Mapping[str, Any]) -> Learned:
    content = Lexicon(terms=tuple(facts["content"]), rarity=tuple(arrays["content_rarity"].tolist()))
    declared = Lexicon(terms=tuple(facts["declared"]), rarity=tuple(arrays["declared_rarity"].tolist()))
    vectors = (arrays["group_values"].astype(np.float64), arrays["group_columns"], arrays["group_rows"])
    words = Words(
        content=content,
        declared=declared,
        groups=csr_matrix(vectors, shape=(len(facts["groups"]), len(content.terms))),
        alike=arrays["alike"].astype(np.float64),
    )
    maps: dict[str, Any] = {name: arrays[name].astype(np.float64) for name in _MAPS}
    numbers = {name: facts[name] for name in ("people", "scale", "weight")}
    return Learned(words=words, **numbers, **maps)
