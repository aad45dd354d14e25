from django.urls.resolvers import URLPattern

app_name = "commands"
urlpatterns: list[URLPattern] = []
