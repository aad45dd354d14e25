"""Addresses of the portal."""

from django.urls import path

from gongzhi.service.design.files import served
from gongzhi.service.portal.views import follow_up, home, known, report, told

app_name = "portal"
urlpatterns = [
    path("", home.home, name="home"),
    path("here/", home.choose_region, name="choose_region"),
    path("near/", home.near, name="near"),
    path("report/", report.report, name="report"),
    path("ask/", report.ask, name="ask"),
    path("report/<str:key>/what/", report.what, name="what"),
    path("report/<str:key>/which/", report.which, name="which"),
    path("report/<str:key>/where/", report.where, name="where"),
    path("report/<str:key>/who/", report.who, name="who"),
    path("report/<str:key>/done/", report.done, name="done"),
    path("follow-up/", follow_up.follow_up, name="follow_up"),
    path("follow-up/<str:number>/", follow_up.show, name="followed"),
    path("follow-up/<str:number>/rules/", follow_up.decided, name="decided"),
    path("follow-up/<str:number>/say/<slug:name>/", follow_up.say, name="say"),
    path("follow-up/<str:number>/proof/", follow_up.proof, name="proof"),
    path("follow-up/<str:number>/receipt/", follow_up.receipt, name="receipt"),
    path("files/<uuid:key>/", served, name="file"),
    path("answered/", known.articles, name="articles"),
    path("answered/<uuid:key>/", known.article, name="article"),
    path("unresolved/", known.unresolved, name="unresolved"),
    path("residents/", known.accounts, name="accounts"),
    path("residents/<uuid:key>/", known.account, name="account"),
    path("bodies/", known.bodies, name="bodies"),
    path("rules/", told.rules, name="rules"),
    path("rules/<str:digest>/", told.rule, name="rule"),
    path("check/", told.check, name="check"),
]
