namespace Loxi.Node.Endpoints;

/// <summary>The names of states on the wire.</summary>
internal static class HandStateNames
{
    public const string Expected = "green, yellow or red";

    public static string NameOf(HandState state) => state switch
    {
        HandState.Yellow => "yellow",
        HandState.Red => "red",
        _ => "green",
    };

    public static bool TryParse(string? name, out HandState state)
    {
        state = name switch
        {
            "yellow" => HandState.Yellow,
            "red" => HandState.Red,
            _ => HandState.Green,
        };
        return name == NameOf(state);
    }
}
