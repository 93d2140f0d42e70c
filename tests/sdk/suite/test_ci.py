"""Which job of which CI it is, by the variables that each documents."""

from __future__ import annotations

import pytest

from quarterdeck.sdk.suite.ci import recognise

GITHUB = {
    "CI": "true",
    "GITHUB_ACTIONS": "true",
    "GITHUB_RUN_NUMBER": "81",
    "GITHUB_RUN_ID": "17",
    "GITHUB_WORKFLOW": "tests",
    "GITHUB_JOB": "unit",
    "GITHUB_SERVER_URL": "https://github.example.org",
    "GITHUB_REPOSITORY": "ada/shop",
    "GITHUB_REF_NAME": "5/merge",
    "GITHUB_HEAD_REF": "faster",
    "GITHUB_SHA": "a1b2c3d4",
}
GITLAB = {
    "GITLAB_CI": "true",
    "CI": "true",
    "CI_PIPELINE_IID": "7",
    "CI_JOB_NAME": "unit",
    "CI_JOB_URL": "https://gitlab.example.org/j/1",
    "CI_COMMIT_REF_NAME": "main",
    "CI_COMMIT_SHA": "a1",
}
TRAVIS = {
    "TRAVIS": "true",
    "TRAVIS_JOB_NUMBER": "123.1",
    "TRAVIS_JOB_WEB_URL": "https://travis.example.org/1",
    "TRAVIS_BRANCH": "main",
    "TRAVIS_COMMIT": "a1",
}


@pytest.mark.parametrize(
    ("environment", "found"),
    [
        (
            GITHUB,
            {
                "provider": "GitHub Actions",
                "number": "81",
                "job": "tests / unit",
                "url": "https://github.example.org/ada/shop/actions/runs/17",
                "branch": "faster",
                "commit": "a1b2c3d4",
            },
        ),
        (
            GITLAB,
            {
                "provider": "GitLab CI",
                "number": "7",
                "job": "unit",
                "url": "https://gitlab.example.org/j/1",
                "branch": "main",
                "commit": "a1",
            },
        ),
        (
            TRAVIS,
            {
                "provider": "Travis CI",
                "number": "123.1",
                "url": "https://travis.example.org/1",
                "branch": "main",
                "commit": "a1",
            },
        ),
        ({"CIRCLECI": "true", "CIRCLE_TAG": "v1"}, {"provider": "CircleCI", "branch": "v1"}),
        ({"JENKINS_URL": "http://j/", "BUILD_URL": "javascript:x"}, {"provider": "Jenkins"}),
        (
            {"TF_BUILD": "True", "BUILD_BUILDNUMBER": "20261121.1"},
            {"provider": "Azure Pipelines", "number": "20261121.1"},
        ),
        ({"BUILDKITE": "true", "BUILDKITE_LABEL": "{unit}"}, {"provider": "Buildkite", "job": "{unit}"}),
        ({"CI": "true"}, {"provider": "CI"}),
        ({"CI": "false", "TRAVIS": "false"}, None),
        ({}, None),
    ],
)
def test_a_job_is_known_by_its_environment(environment: dict[str, str], found: dict[str, str] | None) -> None:
    assert recognise(environment) == found
