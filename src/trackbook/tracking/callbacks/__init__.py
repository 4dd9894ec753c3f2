"""One callback for each framework, `import trackbook as tb; tb.callbacks.keras()` and so on.

Each logs to the run that is active when the training begins. Without one it
warns once; whatever fails in logging, the training goes on.
"""

from trackbook.tracking.callbacks.keras import keras
from trackbook.tracking.callbacks.lightgbm import lightgbm
from trackbook.tracking.callbacks.lightning import lightning
from trackbook.tracking.callbacks.transformers import transformers
from trackbook.tracking.callbacks.xgboost import xgboost

__all__ = ["keras", "lightgbm", "lightning", "transformers", "xgboost"]
