package io.jenkins.plugins.gpulease.engine.lease;

import java.awt.Color;
import java.awt.Font;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.BitmapEncoder.BitmapFormat;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.CategoryChartBuilder;
import org.knowm.xchart.style.Styler.LegendPosition;

/** Draws scenarios. */
final class SimulationPlots {

    private static final Color GREY = new Color(0xB8BEC6);
    private static final Color BLUE = new Color(0x3B78B5);
    private static final Color GREEN = new Color(0x4C9A5B);

    private SimulationPlots() {}

    static void utilisation(List<Scenario> scenarios, Path file) throws IOException {
        CategoryChart chart = chart("GPUs in use under 110 % load", "", "% of the GPUs' time", GREY, GREEN, BLUE);
        List<String> titles = scenarios.stream().map(Scenario::title).toList();
        chart.getStyler().setYAxisMin(0.0).setYAxisMax(100.0);
        add(chart, "work there is", titles, scenarios, Scenario::mostUsable);
        add(chart, "in use, nothing kept: large requests starve", titles, scenarios, scenario -> scenario.unfair().utilisation());
        add(chart, "in use, kept after 4 overtakings", titles, scenarios, scenario -> scenario.fair().utilisation());
        save(chart, file);
    }

    private static void add(
            CategoryChart chart, String name, List<String> titles, List<Scenario> scenarios, ToDoubleFunction<Scenario> share) {
        chart.addSeries(name, titles, scenarios.stream().map(scenario -> 100 * share.applyAsDouble(scenario)).toList());
    }

    static void waits(Scenario scenario, Path file) throws IOException {
        CategoryChart chart = chart("Waiting under 90 % load", "GPUs asked for", "minutes", GREY, GREEN, BLUE);
        addWaits(chart, "half wait up to", scenario, 0.5);
        addWaits(chart, "95 % up to", scenario, 0.95);
        addWaits(chart, "the longest", scenario, 1);
        save(chart, file);
    }

    private static void addWaits(CategoryChart chart, String name, Scenario scenario, double share) {
        List<Integer> sizes = scenario.fair().sizes();
        chart.addSeries(name, sizes, sizes.stream().map(size -> scenario.fair().minutesWaited(size, share)).toList());
    }

    private static CategoryChart chart(String title, String x, String y, Color... colours) {
        CategoryChart chart = new CategoryChartBuilder()
                .width(1000)
                .height(420)
                .title(title)
                .xAxisTitle(x)
                .yAxisTitle(y)
                .build();
        chart.getStyler()
                .setSeriesColors(colours)
                .setLegendPosition(LegendPosition.OutsideS)
                .setChartBackgroundColor(Color.WHITE)
                .setChartTitleFont(new Font(Font.SANS_SERIF, Font.BOLD, 15));
        chart.getStyler().setAxisTickLabelsFont(new Font(Font.SANS_SERIF, Font.PLAIN, 10));
        chart.getStyler().setAvailableSpaceFill(0.7);
        return chart;
    }

    private static void save(CategoryChart chart, Path file) throws IOException {
        BitmapEncoder.saveBitmap(chart, file.toString(), BitmapFormat.PNG);
    }
}
