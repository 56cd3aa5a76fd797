package io.jenkins.plugins.gpulease.dashboard;

import static org.junit.Assert.assertEquals;

import java.util.List;
import net.sf.json.JSONObject;
import org.junit.Test;

public class JsonTextTest {

    @Test
    public void whatIsUnknownIsLeftOut() {
        assertEquals("{\"a\":1}", new JsonText().put("a", 1).put("b", (String) null).put("c", (Long) null).put("d", false).end());
    }

    @Test
    public void hostileTextsAreReadBackAsTheyWere() {
        String hostile = "</script><!--\"\\\b\n\u0000\u2028\u202e 'x' \ud83d\ude00 &amp;";
        String json = new JsonText().put("name", hostile).put("all", List.of(hostile, "b")).end();

        assertEquals(hostile, JSONObject.fromObject(json).getString("name"));
        assertEquals(hostile, JSONObject.fromObject(json).getJSONArray("all").getString(0));
    }

    @Test
    public void noTextCanEndAScript() {
        String json = new JsonText().put("name", "</script><b>&").end();

        assertEquals("{\"name\":\"\\u003c/script\\u003e\\u003cb\\u003e\\u0026\"}", json);
    }
}
