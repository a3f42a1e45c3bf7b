from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.urls import include, path

from config import views
from config.demo_sign_in import demo_sign_in
from neighbourhoods import urls as neighbourhoods
from priorities import urls as priorities
from reports import urls as reports
from teams import urls as teams

handler400 = views.bad_request
handler403 = views.permission_denied
handler404 = views.page_not_found
handler429 = views.too_many_requests
handler500 = views.server_error

statements = [
    path("accessibility/", views.accessibility_statement, name="accessibility_statement"),
    path("privacy/", views.privacy_notice, name="privacy_notice"),
    path("cookies/", views.cookies_notice, name="cookies_notice"),
    path("developers/", views.developers, name="developers"),
]
if settings.DEMO:
    statements.append(path("staff/demo-sign-in/", demo_sign_in, name="demo_sign_in"))

urlpatterns = [
    path("health/live", views.health_live, name="health_live"),
    path("health/ready", views.health_ready, name="health_ready"),
    *neighbourhoods.one_click_urlpatterns,
    *teams.photo_urlpatterns,
    path("api/openapi.json", views.api_description, name="api_description"),
    # A force's list comes before its neighbourhoods: nothing may be called "neighbourhoods".
    path("api/", include((neighbourhoods.api_urlpatterns, "neighbourhoods_api"))),
    path("api/", include((reports.api_urlpatterns, "reports_api"))),
    path("api/", include((priorities.api_urlpatterns, "priorities_api"))),
    path("api/", include((teams.api_urlpatterns, "teams_api"))),
]
urlpatterns += i18n_patterns(
    path("", include("neighbourhoods.urls")),
    path("", include("teams.urls")),
    path("", include("priorities.urls")),
    path("", include("feedback.urls")),
    path("", include("reports.urls")),
    path("", include((statements, "config"))),
    # allauth's own names have no namespace.
    path("staff/", include(teams.sign_in_urlpatterns)),
    prefix_default_language=False,
)
