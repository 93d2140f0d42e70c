"""The processes of scripts: started, watched and ended; what they run in, and the files that they leave."""
