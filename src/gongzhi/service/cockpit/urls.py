from django.urls.resolvers import URLPattern

app_name = "cockpit"
urlpatterns: list[URLPattern] = []
