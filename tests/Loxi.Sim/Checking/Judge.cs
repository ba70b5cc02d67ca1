namespace Loxi.Sim.Checking;

/// <summary>What must hold when links have been as they are for long.</summary>
internal static class Judge
{
    /// <summary>What is wrong with the announcers; <see langword="null"/> when nothing is.</summary>
    public static string? Good(Model model)
    {
        var announcers = 0;
        var running = 0;
        var linked = false;
        for (var i = 0; i < model.Count; i++)
        {
            announcers += model.Announces(i) ? 1 : 0;
            running += model.Runs(i) ? 1 : 0;
            for (var j = 0; j < model.Count; j++)
            {
                linked |= i != j && model.Runs(i) && model.Runs(j) && model.Works(i, j);
            }
        }

        if (running == 0)
        {
            return null;
        }

        if (announcers == 0)
        {
            return "I3: nobody announces";
        }

        if (announcers == 1 && running == model.Count && model.Links == (1 << (model.Count * model.Count)) - 1)
        {
            return FaultyBesideSound(model);
        }

        var connected = running == 1 || (running == 2 ? linked : Connected(model));
        return connected && announcers != 1 ? $"I1/I2: {announcers} announce" : null;
    }

    /// <summary>R13. A backup whose next term is not on disk is not ready.</summary>
    private static string? FaultyBesideSound(Model model)
    {
        for (var i = 0; i < model.Count; i++)
        {
            for (var j = 0; model.Announces(i) && model.Faulty(i) && j < model.Count; j++)
            {
                if (!model.Faulty(j) && Announcers.HasTerm(model.Core(j)!))
                {
                    return $"R13: {(char)('A' + i)} announces with a fault beside a healthy backup";
                }
            }
        }

        return null;
    }

    /// <summary>All pairs but at most one: each two hear each other, or through the third both ways.</summary>
    private static bool Connected(Model model)
    {
        var bad = 0;
        for (var i = 0; i < model.Count; i++)
        {
            for (var j = i + 1; j < model.Count; j++)
            {
                bad += model.Works(i, j) && model.Works(j, i) ? 0 : 1;
            }
        }

        return bad <= 1;
    }
}
