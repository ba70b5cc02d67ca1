namespace Loxi.Node.Endpoints;

/// <summary>The names of states on the wire.</summary>
internal static class HandStateNames
{
    public const string Expected = "green, yellow, red or draining";

    public static string NameOf(HandState state) => state switch
    {
        HandState.Yellow => "yellow",
        HandState.Red => "red",
        HandState.Draining => "draining",
        _ => "green",
    };

    public static bool TryParse(string? name, out HandState state)
    {
        state = name switch
        {
            "yellow" => HandState.Yellow,
            "red" => HandState.Red,
            "draining" => HandState.Draining,
            _ => HandState.Green,
        };
        return name == NameOf(state);
    }
}
