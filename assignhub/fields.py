"""Model fields that several apps share."""

from django.core.validators import URLValidator
from django.db import models


class AddressField(models.EmailField):
    """An e-mail address, stored and compared in lower case, so that it is unique without regard to case."""

    def to_python(self, value):
        value = super().to_python(value)
        return value.strip().lower() if isinstance(value, str) else value

    def get_prep_value(self, value):
        return self.to_python(super().get_prep_value(value))

    def pre_save(self, model_instance, add):
        value = self.to_python(super().pre_save(model_instance, add))
        setattr(model_instance, self.attname, value)
        return value


class WebAddressField(models.URLField):
    """An http or https address; one typed without a scheme is taken for https."""

    default_validators = [URLValidator(schemes=["http", "https"])]

    def formfield(self, **kwargs):
        return super().formfield(**{"assume_scheme": "https", **kwargs})
