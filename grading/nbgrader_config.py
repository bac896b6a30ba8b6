"""nbgrader's configuration for this checkout: exercises at the top, everything produced under grading/.

`nbgrader` finds it when run from this folder (`cd grading && nbgrader export`); `techsell` reads the same file.
"""

from pathlib import Path

c = get_config()  # type: ignore[name-defined]  # noqa: F821 - given by traitlets when it runs this file

HERE = Path(__file__).resolve().parent

c.CourseDirectory.course_id = "techsell"
c.CourseDirectory.root = str(HERE.parent)
c.CourseDirectory.source_directory = "exercises"
for step in ("source_with_tests", "release", "submitted", "autograded", "feedback", "solution"):
    setattr(c.CourseDirectory, f"{step}_directory", f"grading/{step}")
c.CourseDirectory.db_url = f"sqlite:///{HERE / 'gradebook.db'}"

# What our grader notes beside a notebook is for the trainer: 'nbgrader generate_feedback' leaves it where it is.
c.CourseDirectory.ignore = [".ipynb_checkpoints", "*.pyc", "__pycache__", "feedback", "verdict.json"]

# Formgrader shows learners' own text; a script in it must not run in the trainer's browser.
c.HTMLExporter.preprocessors = ["nbconvert.preprocessors.sanitize.SanitizeHTML"]

c.Execute.timeout = 30
