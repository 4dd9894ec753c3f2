"""The types that a skops file may hold beyond skops' own list, decided here and nowhere else.

A list that travels with a model is worth nothing: whoever wrote the model wrote
the list (GHSA-w582-9x45-8mpx). Each type here is one that a library's own
fitted estimators hold, whose making runs no code from the file. Those whose
content could still lead native code astray are marked; `native_structures`
looks into them after loading.
"""

from __future__ import annotations

_BY_MODULE: dict[str, str] = {
    "builtins": "bytes bytearray complex frozenset range",
    "collections": "OrderedDict Counter",
    "numpy": "dtype mean median sum min max std var log log1p exp expm1 sqrt abs square",
    "scipy._lib.array_api_compat.numpy._aliases": "asarray",
    "scipy.interpolate._bsplines": "BSpline _BSpline",
    "scipy.interpolate._interpolate": "interp1d",
    "scipy.sparse._csr": "csr_matrix csr_array",
    "scipy.sparse._csc": "csc_matrix csc_array",
    "sklearn._loss.link": "HalfLogitLink IdentityLink Interval LogLink LogitLink MultinomialLogit",
    "sklearn._loss.loss": (
        "AbsoluteError ExponentialLoss HalfBinomialLoss HalfGammaLoss HalfMultinomialLoss HalfPoissonLoss "
        "HalfSquaredError HalfTweedieLoss HalfTweedieLossIdentity HuberLoss PinballLoss"
    ),
    "sklearn.calibration": "_CalibratedClassifier _SigmoidCalibration _TemperatureScaling",
    "sklearn.cluster._bisect_k_means": "_BisectingTree",
    "sklearn.cluster._kmeans": "_kmeans_single_lloyd _kmeans_single_elkan",
    "sklearn.compose._column_transformer": "make_column_selector _RemainderColsList",
    "sklearn.dummy": "DummyClassifier DummyRegressor",
    "sklearn.ensemble._hist_gradient_boosting.binning": "_BinMapper",
    # Looked into after loading: indices that native code follows.
    "sklearn.ensemble._hist_gradient_boosting.predictor": "TreePredictor",
    "sklearn.tree._tree": "Tree",
    "sklearn.neighbors._kd_tree": "KDTree KDTree64 KDTree32",
    "sklearn.neighbors._ball_tree": "BallTree BallTree64 BallTree32",
    "sklearn.feature_selection._mutual_info": "mutual_info_classif mutual_info_regression",
    "sklearn.feature_selection._univariate_selection": "f_classif f_oneway f_regression chi2 r_regression",
    "sklearn.gaussian_process._gpc": "_BinaryGaussianProcessClassifierLaplace",
    "sklearn.gaussian_process.kernels": (
        "CompoundKernel ConstantKernel DotProduct ExpSineSquared Exponentiation Hyperparameter Matern PairwiseKernel "
        "Product RBF RationalQuadratic Sum WhiteKernel"
    ),
    "sklearn.metrics._classification": (
        "accuracy_score balanced_accuracy_score brier_score_loss f1_score fbeta_score jaccard_score log_loss "
        "matthews_corrcoef precision_score recall_score"
    ),
    "sklearn.metrics._ranking": "average_precision_score roc_auc_score top_k_accuracy_score",
    "sklearn.metrics._regression": (
        "explained_variance_score max_error mean_absolute_error mean_absolute_percentage_error mean_gamma_deviance "
        "mean_poisson_deviance mean_squared_error mean_squared_log_error median_absolute_error r2_score "
        "root_mean_squared_error root_mean_squared_log_error"
    ),
    "sklearn.metrics._dist_metrics": (
        "ChebyshevDistance ChebyshevDistance64 EuclideanDistance EuclideanDistance64 HaversineDistance "
        "HaversineDistance64 ManhattanDistance ManhattanDistance64 MinkowskiDistance MinkowskiDistance64"
    ),
    "sklearn.metrics._scorer": "_CurveScorer _PassthroughScorer _Scorer _MultimetricScorer",
    "sklearn.model_selection._search_successive_halving": "HalvingGridSearchCV HalvingRandomSearchCV",
    "sklearn.model_selection._split": (
        "GroupKFold GroupShuffleSplit KFold LeaveOneGroupOut LeaveOneOut LeavePGroupsOut LeavePOut PredefinedSplit "
        "RepeatedKFold RepeatedStratifiedKFold ShuffleSplit StratifiedGroupKFold StratifiedKFold "
        "StratifiedShuffleSplit TimeSeriesSplit"
    ),
    "sklearn.multiclass": "_ConstantPredictor",
    "sklearn.neural_network._stochastic_optimizers": "AdamOptimizer SGDOptimizer",
    "sklearn.pipeline": "FeatureUnion Pipeline",
    "sklearn.utils._bunch": "Bunch",
    "sklearn.utils._metadata_requests": "MetadataRequest MethodMetadataRequest",
    # Read their own native format from the file's bytes.
    "lightgbm.basic": "Booster",
    "lightgbm.sklearn": "LGBMClassifier LGBMModel LGBMRanker LGBMRegressor _LGBMLabelEncoder",
    "xgboost.core": "Booster",
    "xgboost.sklearn": "XGBClassifier XGBModel XGBRFClassifier XGBRFRegressor XGBRanker XGBRegressor",
}

TRUSTED = frozenset(f"{module}.{name}" for module, names in _BY_MODULE.items() for name in names.split())
"""Full names, as skops writes them."""
