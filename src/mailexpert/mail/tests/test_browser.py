from mailexpert.mail.browser import page, with_browser_link

FOOT = (
    '<p><a href="{{ unsubscribe_url }}">Uitschrijven</a> · <a href="{{ preferences_url }}">Voorkeuren</a> · '
    '<a href="{{ browser_url }}">Bekijk in je browser</a></p>'
)


def test_of_a_row_of_links_the_page_keeps_what_is_everybody_s_and_no_lonely_dots() -> None:
    html, _text = with_browser_link(FOOT, "{{ browser_url }}", "nl", "https://m.example/lezen/abc/")
    assert page(html, [], "nl") == '<p><a href="https://m.example/lezen/abc/">Bekijk in je browser</a></p>'


def test_the_link_stands_where_the_template_asks_for_it_and_nowhere_else() -> None:
    html, text = with_browser_link(FOOT, "Zie {{browser_url}}", "nl", "https://m.example/lezen/a&b/")
    assert html.count("/lezen/") == 1
    assert "a&amp;b" in html
    assert text == "Zie https://m.example/lezen/a&b/"
