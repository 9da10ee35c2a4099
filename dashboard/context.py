def bar(request):
    return {}
