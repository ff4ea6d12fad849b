"""An e-mail as a Prefect block. Prefect itself has blocks for chat programs and for one sender of mail, none for SMTP.

Every Prefect server of this installation loads this module by its entry point (``prefect.collections`` in
``pyproject.toml``), so that its automations can use the block.
"""

from __future__ import annotations

from prefect.blocks.notifications import AppriseNotificationBlock
from pydantic import Field, SecretStr


class EMail(AppriseNotificationBlock):
    """Sends an e-mail through an SMTP server."""

    _block_type_name = "E-mail"
    _block_type_slug = "findings-e-mail"

    url: SecretStr = Field(
        title="Address",
        description="SMTP server, sender and recipient, as Apprise writes them.",
        examples=["mailtos://user:password@smtp.example.org?from=findings@example.org&to=you@example.org"],
    )
