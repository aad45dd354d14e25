"""Which room answers which address."""

from django.urls import include, path

urlpatterns = [
    path("api/", include("gongzhi.service.api.urls")),
    path("", include("gongzhi.service.portal.urls")),
    path("desk/", include("gongzhi.service.desk.urls")),
    path("cockpit/", include("gongzhi.service.cockpit.urls")),
    path("account/", include("gongzhi.service.accounts.urls")),
    path("design/", include("gongzhi.service.design.urls")),
    path("", include("gongzhi.service.commands.urls")),
]
handler400 = "gongzhi.service.design.views.bad_request"
handler403 = "gongzhi.service.design.views.forbidden"
handler404 = "gongzhi.service.design.views.not_found"
handler500 = "gongzhi.service.design.views.server_error"
