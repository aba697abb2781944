import AuroraLive
import Testing

struct LatestValueTests {
    @Test func followerSeesTheValueNowAndThenTheNewest() async {
        let value = LatestValue(1)
        var changes = value.changes().makeAsyncIterator()
        #expect(await changes.next() == 1)
        value.set(2)
        value.set(3)
        #expect(await changes.next() == 3)
        #expect(value.current == 3)
    }

    @Test func settingTheSameValueIsNoChange() async {
        let value = LatestValue("a")
        var changes = value.changes().makeAsyncIterator()
        _ = await changes.next()
        value.set("a")
        value.set("b")
        #expect(await changes.next() == "b")
    }
}
