"""Text search: a post is found by how its words begin.

MongoDB's `$text` doesn't find 쿠버네티스 in 쿠버네티스를, since a Korean word carries its particle. An index
over a post's words, asked for words that begin so, does; what it can't find is the middle of a compound.
"""

import re
import unicodedata

from chassis import mongo

LONGEST_WORD = 64  # characters of a word that are kept: an index entry has to stay small
MOST_WORDS = 10  # of a query; each is one more condition
_WORD = re.compile(r"\w+")


def words(*texts: str) -> list[str]:
    """Split texts into the words that they are found by.

    Args:
        texts: Title, body, tags; composed and decomposed Korean (NFD, as macOS types it) give the same words.

    Returns:
        Each word once, in lower case, in order.
    """
    found = (word[:LONGEST_WORD] for text in texts for word in _WORD.findall(_folded(text)))
    return sorted(set(found))


def containing(query: str) -> mongo.Document:
    """Make the filter for posts in which every word of the query begins a word.

    Args:
        query: What a reader typed. Its characters are words or separators, never a pattern.

    Returns:
        A filter over `words`; one that matches nothing when the query holds no word at all.
    """
    wanted = words(query)[:MOST_WORDS]
    if not wanted:
        return {"words": {"$in": []}}
    return {"$and": [{"words": {"$regex": f"^{word}"}} for word in wanted]}


def _folded(text: str) -> str:
    return unicodedata.normalize("NFC", text).lower()
