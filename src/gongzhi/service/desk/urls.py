"""Addresses of the desk."""

from django.urls import path

from gongzhi.service.desk import board, knowing, taking_in, tasks, telephone, things, views
from gongzhi.service.desk.rules import duties, joint, others, replay
from gongzhi.service.desk.rules import views as rules

app_name = "desk"
urlpatterns = [
    path("", views.mine, name="mine"),
    path("list/<slug:tab>/", views.mine, name="list"),
    path("list/<slug:tab>/table.csv", views.export, name="export"),
    path("keep/", views.keep, name="keep"),
    path("together/", views.together, name="together"),
    path("tasks/", tasks.tasks, name="tasks"),
    path("tasks/new/", tasks.task_set, name="task_set"),
    path("tasks/<uuid:key>/", tasks.task_do, name="task_do"),
    path("tasks/photos/<uuid:key>/", tasks.photo, name="task_photo"),
    path("tasks/<uuid:key>/join/", tasks.task_join, name="task_join"),
    path("things/", things.register, name="things"),
    path("things/bring-in/", things.bring_in, name="things_bring_in"),
    path("things/<uuid:key>/", things.change, name="thing_change"),
    path("board/", board.board, name="board"),
    path("board/<slug:column>/", board.board, name="column"),
    path("holding/", board.holding, name="holding"),
    path("take-in/", views.take_in, name="take_in"),
    path("rules/", rules.rules, name="rules"),
    path("rules/new/", rules.rule_new, name="rule_new"),
    path("rules/check/", rules.rule_check, name="rule_check"),
    path("rules/duties/", duties.rules_duties, name="rules_duties"),
    path("rules/law/", others.rules_law, name="rules_law"),
    path("rules/arrangement/", others.rules_arrange, name="rules_arrange"),
    path("rules/compare/<str:area>/<str:about>/", others.rules_compare, name="rules_compare"),
    path("rules/joint/<str:area>/<str:about>/", joint.rule_joint, name="rule_joint"),
    path("rules/<uuid:key>/", rules.rule, name="rule"),
    path("rules/<uuid:key>/replay/", replay.rule_replay, name="rule_replay"),
    path("rules/<uuid:key>/edit/", rules.rule_edit, name="rule_edit"),
    path("rules/<uuid:key>/<slug:name>/", rules.rule_do, name="rule_do"),
    path("take-in/things/", taking_in.things_near, name="things_near"),
    path("take-in/<uuid:key>/join/", taking_in.join, name="join"),
    path("telephone/", telephone.find, name="telephone"),
    path("telephone/<uuid:key>/<slug:name>/", telephone.say, name="on_behalf"),
    path("knowledge/", knowing.articles, name="knowledge"),
    path("knowledge/new/", knowing.write, name="write_article"),
    path("knowledge/ask/", knowing.ask, name="ask_owner"),
    path("knowledge/question/<uuid:key>/", knowing.question, name="question"),
    path("knowledge/<uuid:key>/", knowing.article, name="article"),
    path("knowledge/<uuid:key>/review/", knowing.review, name="review_article"),
    path("knowledge/<uuid:key>/retire/", knowing.retire, name="retire_article"),
    path("matter/<uuid:key>/", views.matter, name="matter"),
    path("matter/<uuid:key>/rules/", views.decided, name="decided"),
    path("matter/<uuid:key>/package.zip", views.package, name="package"),
    path("matter/<uuid:key>/<slug:name>/", views.do, name="do"),
    path("matter/<uuid:key>/proof/<int:entry>/", views.proof, name="proof"),
]
