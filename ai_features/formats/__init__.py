"""The wire formats of providers: a class each, which writes a prompt and reads an answer."""

from ai_features.formats.anthropic import AnthropicMessages
from ai_features.formats.base import Answer, Format, Malformed, Prompt
from ai_features.formats.google import GoogleGenerateContent
from ai_features.formats.openai import AzureOpenAIChat, OpenAIChat
from ai_features.models import Provider

FORMATS: dict[str, type[Format]] = {
    Provider.Type.OPENAI: OpenAIChat,
    Provider.Type.AZURE_OPENAI: AzureOpenAIChat,
    Provider.Type.CUSTOM: OpenAIChat,
    Provider.Type.ANTHROPIC: AnthropicMessages,
    Provider.Type.GOOGLE: GoogleGenerateContent,
}

__all__ = [
    "FORMATS",
    "Answer",
    "AnthropicMessages",
    "AzureOpenAIChat",
    "Format",
    "GoogleGenerateContent",
    "Malformed",
    "OpenAIChat",
    "Prompt",
]
