"""Mask passwords, tokens and keys in text that is to be kept, such as a patch of uncommitted changes.

A net with meshes: it knows names that secrets go by and the shapes of well-known tokens.
It prefers to mask too much. Every pattern either consumes what it scanned or is bounded,
so the time is linear whatever the text.
"""

from __future__ import annotations

import re

MASK = "•••"

_NAME = (
    r"(?:pass(?:word|wd|phrase|code)|(?<![a-z])pwd|secret|token(?!s|i[sz])|credential|(?:api|access|auth|account|private"
    r"|signing|encryption|subscription|license|master)[ _-]?key(?!s|board|word)|(?<![a-z])apikey|connection_?string"
    r"|(?<![a-z])dsn(?![a-z]))"
)
_ASSIGNED = re.compile(
    rf"""(?ix)
    (?P<before>
        {_NAME} [\w-]{{0,40}}+ (?:\\?["'])? \]?
        (?:
            [ \t]{{0,8}} : [ \t]{{0,8}} [a-z_][\w.|\[\] ]{{0,40}}+ =    # an annotated name
          | [ \t]{{0,8}} (?: [!=]?== | => | := | = | : | , (?=[ \t]{{0,8}}\\?["']) )
        )
        [ \t]{{0,8}}
    )
    (?P<value>
        [rbfu]{{0,2}} (?P<quote> \\?\"{{3}} | '{{3}} | \\?["'] ) (?P<text> (?: (?! (?P=quote) ) (?: \\. | [^\n] ) )*+ )
      | [^\s"'(){{}}\[\],;&\\]++ (?P<call> [(\[{{] )?
    )
    """
)
_OPTION = re.compile(rf"(?i)(?P<before>{_NAME}[ \t]{{1,4}})(?P<value>[^\s\"'=:\-][^\s\"']*+)")
_OPTION_BEGINS = re.compile(r"(?i)(?:^|[\s\"'])--?[a-z-]*$")
_LONGEST_OPTION = 24
_BEARER = re.compile(
    r"""(?ix)
    (?P<before>
        \bbearer [ \t]{1,4}
      | \bauthorization ["']? [ \t]{0,4} [:=,] [ \t]{0,4} ["']? (?:basic|token|digest) [ \t]{1,4}
    )
    (?P<value> [\w.=+/~-]{8,}+ )
    """
)
_URL_LOGIN = re.compile(
    r"(?P<before>://)(?P<value>[^\s/@:\"'<>]{0,128}+:[^\s/\"'<>]{1,256}|[^\s/@:\"'<>.]{16,256}+)(?=@)"
)
_KNOWN_TOKENS = re.compile(
    r"""(?x)(?<![A-Za-z0-9])(?:
        A(?:KIA|SIA)[A-Z0-9]{16}                                # AWS
      | gh[pousr]_[A-Za-z0-9]{20,}+ | github_pat_\w{20,}+       # GitHub
      | gl(?:pat|dt|rt|cbt|ptt)-[\w-]{16,}+                     # GitLab
      | hf_[A-Za-z0-9]{20,}+ | api_org_[A-Za-z0-9]{20,}+        # Hugging Face
      | (?:sk|pk|rk)-[\w-]{20,}+                                # OpenAI, Anthropic, Langfuse
      | [spr]k_(?:live|test)_[A-Za-z0-9]{10,}+                  # Stripe
      | xox[a-z]-[A-Za-z0-9-]{10,}+ | xapp-[A-Za-z0-9-]{10,}+   # Slack
      | hooks\.slack\.com/services/[\w/]{10,}+
      | AIza[\w-]{30,}+ | ya29\.[\w-]{20,}+ | GOCSPX-[\w-]{20,}+   # Google
      | SG\.[\w-]{16,64}+\.[\w-]{16,}+                          # SendGrid
      | npm_[A-Za-z0-9]{30,}+ | pypi-[\w-]{40,}+
      | dapi[0-9a-f]{32} | dop_v1_[0-9a-f]{32,}+ | nvapi-[\w-]{20,}+ | gsk_[A-Za-z0-9]{20,}+ | r8_[A-Za-z0-9]{30,}+
      | eyJ[\w-]{17,}+(?:\.[\w-]*+){0,4}                        # JSON Web Tokens, Neptune
    )"""
)
_KEY_BEGINS = re.compile(r"-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----")
_KEY_ENDS = re.compile(r"-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----")
_KEY_LINE = re.compile(r"""(?P<sign>[+\- ]?)[ \tA-Za-z0-9+/=\\"',:.-]*+\r?""")
_NOT_SECRET = re.compile(r"(?i)(?:none|null|nil|true|false|str|string|bytes|int|optional|[\d.]{1,6}|\W*)[,;]?")


def mask_secrets(text: str) -> str:
    """Return the text with secrets replaced by `•••`; lines stay as many as they were."""
    if "PRIVATE KEY" in text:
        text = _mask_private_keys(text)
    text = _URL_LOGIN.sub(rf"\g<before>{MASK}", text)
    text = _KNOWN_TOKENS.sub(MASK, text)
    text = _BEARER.sub(rf"\g<before>{MASK}", text)
    text = _OPTION.sub(_mask_option, text)
    return _ASSIGNED.sub(_mask_assigned, text)


def has_secret_shape(text: str) -> bool:
    """Tell whether there is something in a text that is a secret whatever it is called: a token, a key, a login."""
    return any(shape.search(text) for shape in (_KNOWN_TOKENS, _KEY_BEGINS, _URL_LOGIN, _BEARER))


def _mask_option(found: re.Match[str]) -> str:
    ahead = found.string[max(0, found.start() - _LONGEST_OPTION) : found.start()]
    return f"{found['before']}{MASK}" if _OPTION_BEGINS.search(ahead) else found[0]


def _mask_assigned(found: re.Match[str]) -> str:
    before, quote, quoted, bare = found["before"], found["quote"], found["text"], found["value"]
    if quote is not None:
        # <pad> and [SEP] are tokens of a language model, and {token} is filled in elsewhere.
        harmless = _NOT_SECRET.fullmatch(quoted) or (quoted[0] in "<[{$" and quoted[-1] in ">]}")
        return found[0] if harmless else f"{before}{bare[: found.start('text') - found.start('value')]}{MASK}"
    is_code = found["call"] is not None or bare.startswith(("$", "<")) or _is_lookup(bare, before)
    return found[0] if is_code or _NOT_SECRET.fullmatch(bare) else f"{before}{MASK}"


def _is_lookup(bare: str, before: str) -> bool:
    """Tell `password = config.password` from `password=hunter2`."""
    spaced = before.endswith(" ")
    return spaced and "." in bare and all(part.isidentifier() for part in bare.split("."))


def _mask_private_keys(text: str) -> str:
    lines, inside = [], False
    for line in text.split("\n"):
        begins = _KEY_BEGINS.search(line)
        if inside:
            body = _KEY_LINE.fullmatch(line)
            inside = body is not None and not _KEY_ENDS.search(line)
            lines.append(f"{body['sign']}{MASK}" if body is not None and inside else line)
        elif begins:
            end = _KEY_ENDS.search(line, begins.end())
            rest = line[begins.end() : end.start() if end else None]
            inside = end is None
            masked = MASK if rest.strip(" \t\r\"'\\n,+") else rest
            lines.append(line[: begins.end()] + masked + (line[end.start() :] if end else ""))
        else:
            lines.append(line)
    return "\n".join(lines)
