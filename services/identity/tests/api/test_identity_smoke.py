async def test_communes(identity):
    answer = await identity.client.get("/public/communes")
    assert [c["slug"] for c in answer.json()["items"]] == ["beauval", "jolieville"]
