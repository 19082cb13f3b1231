"""What a person sees: pages place figures, figures are pure functions of frames."""
