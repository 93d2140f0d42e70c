"""Which job of which CI this is, by what it says in the environment.  Pure.

Each service documents its variables; the one named first here tells it apart from all others.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

_FIELDS = ("number", "job", "url", "branch", "commit")
# Of several variables the first that says something holds; {NAME} stands for another variable.
_SERVICES: dict[str, tuple[str, tuple[tuple[str, ...], ...]]] = {
    "GitHub Actions": (
        "GITHUB_ACTIONS",
        (
            ("{GITHUB_RUN_NUMBER}",),
            ("{GITHUB_WORKFLOW} / {GITHUB_JOB}", "{GITHUB_JOB}"),
            ("{GITHUB_SERVER_URL}/{GITHUB_REPOSITORY}/actions/runs/{GITHUB_RUN_ID}",),
            ("{GITHUB_HEAD_REF}", "{GITHUB_REF_NAME}"),
            ("{GITHUB_SHA}",),
        ),
    ),
    "GitLab CI": (
        "GITLAB_CI",
        (
            ("{CI_PIPELINE_IID}", "{CI_PIPELINE_ID}"),
            ("{CI_JOB_NAME}",),
            ("{CI_JOB_URL}", "{CI_PIPELINE_URL}"),
            ("{CI_MERGE_REQUEST_SOURCE_BRANCH_NAME}", "{CI_COMMIT_REF_NAME}"),
            ("{CI_COMMIT_SHA}",),
        ),
    ),
    "Travis CI": (
        "TRAVIS",
        (
            ("{TRAVIS_JOB_NUMBER}", "{TRAVIS_BUILD_NUMBER}"),
            ("{TRAVIS_JOB_NAME}",),
            ("{TRAVIS_JOB_WEB_URL}", "{TRAVIS_BUILD_WEB_URL}"),
            ("{TRAVIS_PULL_REQUEST_BRANCH}", "{TRAVIS_BRANCH}"),
            ("{TRAVIS_COMMIT}",),
        ),
    ),
    "CircleCI": (
        "CIRCLECI",
        (
            ("{CIRCLE_BUILD_NUM}",),
            ("{CIRCLE_JOB}",),
            ("{CIRCLE_BUILD_URL}",),
            ("{CIRCLE_BRANCH}", "{CIRCLE_TAG}"),
            ("{CIRCLE_SHA1}",),
        ),
    ),
    "Jenkins": (
        "JENKINS_URL",
        (
            ("{BUILD_NUMBER}",),
            ("{JOB_NAME}",),
            ("{BUILD_URL}",),
            ("{CHANGE_BRANCH}", "{BRANCH_NAME}", "{GIT_BRANCH}"),
            ("{GIT_COMMIT}",),
        ),
    ),
    "Azure Pipelines": (
        "TF_BUILD",
        (
            ("{BUILD_BUILDNUMBER}",),
            ("{SYSTEM_JOBDISPLAYNAME}", "{AGENT_JOBNAME}"),
            ("{SYSTEM_TEAMFOUNDATIONCOLLECTIONURI}{SYSTEM_TEAMPROJECT}/_build/results?buildId={BUILD_BUILDID}",),
            ("{SYSTEM_PULLREQUEST_SOURCEBRANCH}", "{BUILD_SOURCEBRANCHNAME}"),
            ("{BUILD_SOURCEVERSION}",),
        ),
    ),
    "Buildkite": (
        "BUILDKITE",
        (
            ("{BUILDKITE_BUILD_NUMBER}",),
            ("{BUILDKITE_LABEL}",),
            ("{BUILDKITE_BUILD_URL}",),
            ("{BUILDKITE_BRANCH}",),
            ("{BUILDKITE_COMMIT}",),
        ),
    ),
    "Bitbucket Pipelines": (
        "BITBUCKET_BUILD_NUMBER",
        (
            ("{BITBUCKET_BUILD_NUMBER}",),
            ("{BITBUCKET_STEP_UUID}",),
            ("{BITBUCKET_GIT_HTTP_ORIGIN}/pipelines/results/{BITBUCKET_BUILD_NUMBER}",),
            ("{BITBUCKET_BRANCH}", "{BITBUCKET_TAG}"),
            ("{BITBUCKET_COMMIT}",),
        ),
    ),
    "AppVeyor": (
        "APPVEYOR",
        (
            ("{APPVEYOR_BUILD_VERSION}", "{APPVEYOR_BUILD_NUMBER}"),
            ("{APPVEYOR_JOB_NAME}",),
            ("{APPVEYOR_URL}/project/{APPVEYOR_ACCOUNT_NAME}/{APPVEYOR_PROJECT_SLUG}/builds/{APPVEYOR_BUILD_ID}",),
            ("{APPVEYOR_PULL_REQUEST_HEAD_REPO_BRANCH}", "{APPVEYOR_REPO_BRANCH}"),
            ("{APPVEYOR_REPO_COMMIT}",),
        ),
    ),
    "TeamCity": (
        "TEAMCITY_VERSION",
        (("{BUILD_NUMBER}",), ("{TEAMCITY_BUILDCONF_NAME}",), ("{BUILD_URL}",), (), ("{BUILD_VCS_NUMBER}",)),
    ),
    "Drone": (
        "DRONE",
        (
            ("{DRONE_BUILD_NUMBER}",),
            ("{DRONE_STEP_NAME}",),
            ("{DRONE_BUILD_LINK}",),
            ("{DRONE_SOURCE_BRANCH}", "{DRONE_BRANCH}"),
            ("{DRONE_COMMIT_SHA}",),
        ),
    ),
    "Woodpecker": (
        "CI_PIPELINE_FORGE_URL",
        (
            ("{CI_PIPELINE_NUMBER}",),
            ("{CI_WORKFLOW_NAME}",),
            ("{CI_PIPELINE_URL}",),
            ("{CI_COMMIT_SOURCE_BRANCH}", "{CI_COMMIT_BRANCH}"),
            ("{CI_COMMIT_SHA}",),
        ),
    ),
}
_LONGEST = 500


def recognise(environment: Mapping[str, str]) -> dict[str, str] | None:
    """{"provider", "number", "job", "url", "branch", "commit"}, of these what is known; None outside of any CI."""
    for provider, (told_by, services) in _SERVICES.items():
        if environment.get(told_by, "").lower() not in ("", "false", "0"):
            found = {"provider": provider}
            for field, texts in zip(_FIELDS, services, strict=True):
                text = _first(texts, environment)
                if text and (field != "url" or text.startswith(("http://", "https://"))):
                    found[field] = text[:_LONGEST]
            return found
    # Many more set this one.
    return {"provider": "CI"} if environment.get("CI", "").lower() in ("true", "1") else None


def _first(texts: tuple[str, ...], environment: Mapping[str, str]) -> str:
    for text in texts:
        names = [part.partition("}")[0] for part in text.split("{")[1:]]
        if all(environment.get(name) for name in names):
            return text.format_map(dict(environment))
    return ""
